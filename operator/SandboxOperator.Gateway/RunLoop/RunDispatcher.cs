using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Prometheus;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>
/// Holds the runs of this process and gives each a worker as soon as there is room. A run whose worker has stopped to
/// wait for tool outputs stays here: its time runs, and it keeps its room for a sandbox.
/// </summary>
internal sealed partial class RunDispatcher(
    RunEngine engine,
    RunLeases leases,
    IOptions<RunLoopOptions> options,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<RunDispatcher> logger
) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<string, ActiveRun> _runs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _room = new(options.Value.MaxConcurrent);
    private readonly Lock _lock = new();
    private bool _stopping;

    /// <summary>The runs that this process holds.</summary>
    public IReadOnlyCollection<ActiveRun> Runs => [.. _runs.Values];

    /// <summary>The run if this process holds it.</summary>
    public ActiveRun? Find(string runId) => _runs.GetValueOrDefault(runId);

    /// <summary>
    /// Starts to hold a run, and nothing else yet: who wants to listen joins its stream before <see cref="Dispatch"/>.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="slot">Room for its sandbox; the run's from here on.</param>
    public ActiveRun Hold(RunEntity run, ISandboxSlot? slot)
    {
        var active = _runs.GetOrAdd(run.Id, _ => new ActiveRun(run, slot));
        active.ExpireAt(run.ExpiresAtMs, time, expired => StopRun(expired, StopReason.Expired));
        return active;
    }

    /// <summary>Waits until the worker has left a run that waits for tool outputs, if this process holds it.</summary>
    public Task SettleAsync(string runId, CancellationToken cancellationToken) =>
        Find(runId)?.Work.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Works on a run, whose lease this process holds, as soon as there is room.</summary>
    public void Dispatch(ActiveRun active, RunEntity run)
    {
        lock (_lock)
        {
            if (_stopping)
            {
                active.Stop(StopReason.Shutdown);
            }

            active.Working = true;
            // What the caller of a request set up for it is no concern of the run, which outlives the request.
            using (ExecutionContext.SuppressFlow())
            {
                active.Work = Task.Run(() => WorkAsync(active, run));
            }
        }
    }

    /// <summary>Stops a run: its worker ends it, and one that has none gets one for that.</summary>
    public void StopRun(ActiveRun active, StopReason reason)
    {
        active.Stop(reason);
        lock (_lock)
        {
            if (active.Working || _stopping)
            {
                return;
            }

            active.Working = true;
        }

        _ = TakeAsync(active.Id);
    }

    /// <summary>Stops what runs on a thread that is being deleted.</summary>
    public void StopThread(string threadId)
    {
        foreach (var active in _runs.Values.Where(run => run.ThreadId == threadId))
        {
            StopRun(active, StopReason.Cancelled);
        }
    }

    /// <summary>Takes a run over that nobody works on, and works on it.</summary>
    /// <returns>False when it has ended or somebody else works on it.</returns>
    public async Task<bool> TakeAsync(string runId, bool onlyOwner = false)
    {
        try
        {
            var now = time.GetUtcNow();
            var run = await leases.TakeAsync(
                runId,
                now.ToUnixTimeMilliseconds(),
                now.AddSeconds(options.Value.LeaseSeconds).ToUnixTimeMilliseconds(),
                onlyOwner,
                CancellationToken.None
            );
            if (run is null)
            {
                if (_runs.TryGetValue(runId, out var lost))
                {
                    await DropAsync(lost, RunOutcome.Left);
                }

                return false;
            }

            var active = Hold(run, null);
            if (run.CancelRequested)
            {
                active.Stop(StopReason.Cancelled);
            }

            Dispatch(active, run);
            return true;
        }
        catch (Exception exception)
        {
            Log.NotTaken(logger, runId, exception);
            return false;
        }
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Open streams end before the server waits for its requests.
        lifetime.ApplicationStopping.Register(StopAll);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        StopAll();
        await Task.WhenAll(_runs.Values.Select(run => run.Work)).WaitAsync(cancellationToken);
        foreach (var active in _runs.Values)
        {
            await DropAsync(active, RunOutcome.Left);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _room.Dispose();

    private void StopAll()
    {
        lock (_lock)
        {
            _stopping = true;
        }

        foreach (var active in _runs.Values)
        {
            active.Stop(StopReason.Shutdown);
        }
    }

    private async Task WorkAsync(ActiveRun active, RunEntity run)
    {
        var outcome = RunOutcome.Left;
        try
        {
            outcome = await RunInRoomAsync(active, run);
        }
        catch (Exception exception)
        {
            Log.WorkerFailed(logger, active.Id, exception);
        }

        if (outcome == RunOutcome.Waiting)
        {
            lock (_lock)
            {
                active.Working = false;
            }

            active.Stream.Complete();
            if (active.Reason != StopReason.None)
            {
                // It was stopped just when it began to wait.
                StopRun(active, active.Reason);
            }

            return;
        }

        if (outcome == RunOutcome.Ended)
        {
            RunMetrics.Runs.WithLabels(run.Status).Inc();
            RunMetrics.RunSeconds.Observe(
                Math.Max(0, time.GetUtcNow().ToUnixTimeMilliseconds() - run.CreatedAtMs) / 1000.0
            );
        }

        await DropAsync(active, outcome);
    }

    private async Task<RunOutcome> RunInRoomAsync(ActiveRun active, RunEntity run)
    {
        var entered = false;
        using (RunMetrics.Queued.TrackInProgress())
        {
            try
            {
                await _room.WaitAsync(active.Stopping);
                entered = true;
            }
            catch (OperationCanceledException)
            {
                // To end a run needs no room.
            }
        }

        try
        {
            using (RunMetrics.Working.TrackInProgress())
            {
                return await engine.RunAsync(active, run);
            }
        }
        finally
        {
            if (entered)
            {
                _room.Release();
            }
        }
    }

    private async Task DropAsync(ActiveRun active, RunOutcome outcome)
    {
        _runs.TryRemove(KeyValuePair.Create(active.Id, active));
        if (outcome == RunOutcome.Ended)
        {
            active.Stream.Complete();
        }
        else
        {
            active.Stream.Break(
                "The gateway stops, or another one has taken the run over. Retrieve the run to follow it."
            );
        }

        await active.DisposeAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Run {RunId} could not be taken over")]
        public static partial void NotTaken(ILogger logger, string runId, Exception exception);

        [LoggerMessage(LogLevel.Error, "The worker of run {RunId} failed")]
        public static partial void WorkerFailed(ILogger logger, string runId, Exception exception);
    }
}
