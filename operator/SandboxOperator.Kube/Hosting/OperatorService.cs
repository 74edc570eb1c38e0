using Microsoft.Extensions.Hosting;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Controllers;
using SandboxOperator.Kube.Leadership;

namespace SandboxOperator.Kube.Hosting;

/// <summary>
/// Keeps the caches true all the time, so that a new leader can begin at once, and runs the controllers while this
/// process leads.
/// </summary>
internal sealed class OperatorService(
    IEnumerable<ICacheFeeder> feeders,
    IEnumerable<IControllerLoop> controllers,
    LeaderElection election,
    KubernetesOperatorOptions options
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] tasks =
        [
            .. feeders.Select(feeder => Task.Run(() => feeder.RunAsync(failed.Token), CancellationToken.None)),
            options.LeaderElection.Enabled ? election.RunAsync(WorkAsync, failed.Token) : WorkAsync(failed.Token),
        ];

        // None of them ends by itself. If one does, a defect must not leave half of the program running.
        await Task.WhenAny(tasks);
        await failed.CancelAsync();
        await Task.WhenAll(tasks);
        if (!stoppingToken.IsCancellationRequested)
        {
            throw new InvalidOperationException("A part of the controller ended unexpectedly.");
        }
    }

    /// <summary>Works until one of the controllers ends: a leader whose other half still works would never be replaced.</summary>
    private async Task WorkAsync(CancellationToken token)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(token);
        var tasks = controllers
            .Select(controller => Task.Run(() => controller.RunAsync(ended.Token), CancellationToken.None))
            .ToList();
        await Task.WhenAny(tasks);
        await ended.CancelAsync();
        await Task.WhenAll(tasks);
    }
}
