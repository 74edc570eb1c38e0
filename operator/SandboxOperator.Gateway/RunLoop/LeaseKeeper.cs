using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>
/// Looks after leases: renews those of this process, takes over runs that nobody works on, and hears what other
/// replicas were told about the runs of this one.
/// </summary>
internal sealed partial class LeaseKeeper(
    RunDispatcher dispatcher,
    RunLeases leases,
    IOptions<RunLoopOptions> options,
    TimeProvider time,
    ILogger<LeaseKeeper> logger
) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await LookAsync(isStart: true, stoppingToken);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.PollSeconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(isStart: false, stoppingToken);
        }
    }

    private async Task LookAsync(bool isStart, CancellationToken cancellationToken)
    {
        try
        {
            var runs = await leases.ListAsync(cancellationToken);
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            string[] own =
            [
                .. runs.Where(run => run.LeaseOwner == leases.Owner && dispatcher.Find(run.Id) is not null)
                    .Select(run => run.Id),
            ];
            if (own.Length > 0)
            {
                await leases.RenewAsync(own, now + (options.Value.LeaseSeconds * 1000L), cancellationToken);
            }

            foreach (var run in runs)
            {
                await LookAtAsync(run, now, isStart && options.Value.SingleReplica);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            Log.LookFailed(logger, exception);
        }
    }

    private async Task LookAtAsync(RunEntity run, long now, bool onlyOwner)
    {
        // 1. A run that this process holds already.
        if (dispatcher.Find(run.Id) is { } held)
        {
            if (run.CancelRequested)
            {
                dispatcher.StopRun(held, StopReason.Cancelled);
            }

            return;
        }

        // 2. One that waits for tool outputs has no worker: its time is looked after here.
        if (run.Status == RunStatuses.RequiresAction && !run.CancelRequested)
        {
            if (run.ExpiresAtMs > now)
            {
                dispatcher.Hold(run, null);
                return;
            }
        }
        else if (run.LeaseOwner is not null && run.LeaseExpiresAtMs >= now && !onlyOwner)
        {
            return;
        }

        // 3. One that nobody works on.
        if (run.ExpiresAtMs <= now)
        {
            dispatcher.Hold(run, null).Stop(StopReason.Expired);
        }

        if (await dispatcher.TakeAsync(run.Id, onlyOwner))
        {
            RunMetrics.TakenOver.Inc();
            Log.Taken(logger, run.Id, run.Status);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Run {RunId} ({Status}) was left by its worker and is continued")]
        public static partial void Taken(ILogger logger, string runId, string status);

        [LoggerMessage(LogLevel.Error, "Leases could not be looked after; another look follows")]
        public static partial void LookFailed(ILogger logger, Exception exception);
    }
}
