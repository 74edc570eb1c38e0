using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SandboxOperator.Sandboxes;
using SandboxOperator.Sandboxes.Kubernetes;

namespace SandboxOperator.Benchmarks.Cluster;

/// <summary>Sandboxes in pods, as a gateway outside of the cluster has them.</summary>
internal sealed class PodBackend : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IReadOnlyList<IHostedService> _hosted;
    private int _threads;

    private PodBackend(ServiceProvider services)
    {
        _services = services;
        _hosted = [.. services.GetServices<IHostedService>()];
        Sandboxes = services.GetRequiredService<ISandboxes>();
    }

    public ISandboxes Sandboxes { get; }

    public static async Task<PodBackend> StartAsync(BenchCluster cluster, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddKubernetesSandboxes(options =>
        {
            options.Namespace = cluster.Namespace;
            options.Config = cluster.Kubeconfig;
        });
        var backend = new PodBackend(services.BuildServiceProvider());
        foreach (var service in backend._hosted)
        {
            await service.StartAsync(cancellationToken);
        }

        return backend;
    }

    /// <summary>The sandbox of a thread that has none yet.</summary>
    public Task<ISandbox> OpenNewAsync(CancellationToken cancellationToken) =>
        Sandboxes.OpenAsync(
            new SessionKey("bench", $"thread_{Interlocked.Increment(ref _threads)}", 1),
            cancellationToken
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _hosted.Reverse())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }
}
