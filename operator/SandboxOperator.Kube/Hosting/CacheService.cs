using Microsoft.Extensions.Hosting;
using SandboxOperator.Kube.Caching;

namespace SandboxOperator.Kube.Hosting;

/// <summary>Keeps the caches true while the program runs.</summary>
internal sealed class CacheService(IEnumerable<ICacheFeeder> feeders) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(feeders.Select(feeder => Task.Run(() => feeder.RunAsync(stoppingToken), CancellationToken.None)));
}
