using System.Diagnostics;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Streaming;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>
/// What this process holds for a run from its start, or take-over, to its end: its live stream, its room for a sandbox
/// and the signal to stop.
/// </summary>
internal sealed class ActiveRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private ITimer? _expiry;
    private bool _disposed;

    public ActiveRun(RunEntity run, ISandboxSlot? slot)
    {
        Id = run.Id;
        Project = run.Project;
        ThreadId = run.ThreadId;
        Slot = slot;
        Stopping = _stop.Token;
    }

    public string Id { get; }
    public string Project { get; }
    public string ThreadId { get; }

    /// <summary>Who listens to the run.</summary>
    public RunStream Stream { get; } = new();

    /// <summary>Room for the thread's sandbox, or null when the run may not use one or has none yet.</summary>
    public ISandboxSlot? Slot { get; set; }

    /// <summary>The span of the work on it, or null when nobody traces it.</summary>
    public Activity? Span { get; set; }

    /// <summary>Signals that work has to stop.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Why it has to stop; the first reason counts.</summary>
    public StopReason Reason { get; private set; }

    /// <summary>Whether the run is not left to another gateway, which would ask for the open turn again.</summary>
    public bool EndsHere => Reason is not (StopReason.Shutdown or StopReason.LeaseLost);

    /// <summary>Whether a worker has the run now; it waits for tool outputs otherwise. Guarded by the dispatcher.</summary>
    public bool Working { get; set; }

    /// <summary>The work on the run, for who waits for its end.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>Asks the worker to stop. The first reason counts.</summary>
    public void Stop(StopReason reason)
    {
        lock (_lock)
        {
            if (_disposed || Reason != StopReason.None)
            {
                return;
            }

            Reason = reason;
        }

        _stop.Cancel();
    }

    /// <summary>Calls back when the run's time is over.</summary>
    public void ExpireAt(long expiresAtMs, TimeProvider time, Action<ActiveRun> expired)
    {
        var left = TimeSpan.FromMilliseconds(Math.Max(0, expiresAtMs - time.GetUtcNow().ToUnixTimeMilliseconds()));
        lock (_lock)
        {
            _expiry?.Dispose();
            _expiry = _disposed ? null : time.CreateTimer(_ => expired(this), null, left, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _expiry?.Dispose();
        }

        if (Slot is { } slot)
        {
            Slot = null;
            await slot.DisposeAsync();
        }

        _stop.Dispose();
    }
}
