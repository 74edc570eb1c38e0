namespace SandboxOperator.Sandboxes.Agents;

/// <summary>
/// Bounds a sequence of waits: each by its own time, all of them by one end. One timer serves them all, because they
/// lie on the way of every call.
/// </summary>
internal sealed class Deadline : IDisposable
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _total;
    private readonly CancellationToken _caller;
    private CancellationTokenRegistration _registration;
    private CancellationTokenSource _timer;

    public Deadline(TimeProvider time, TimeSpan total, CancellationToken caller)
    {
        _time = time;
        _total = total;
        _caller = caller;
        _start = time.GetTimestamp();
        (_timer, _registration) = Start(total);
    }

    /// <summary>Cancelled with the caller's token and when a wait takes too long.</summary>
    public CancellationToken Token => _timer.Token;

    /// <summary>Whether there is no time left at all.</summary>
    public bool Passed => Remaining <= TimeSpan.Zero;

    private TimeSpan Remaining => _total - _time.GetElapsedTime(_start);

    /// <summary>From now on, the token is cancelled after so long unless this is called again.</summary>
    public void Extend(TimeSpan wait)
    {
        var remaining = Remaining;
        _timer.CancelAfter(remaining < wait ? (remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero) : wait);
    }

    /// <summary>Waits for something no longer than allowed.</summary>
    /// <exception cref="TimeoutException">It took longer.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<T> WithinAsync<T, TState>(
        TimeSpan wait,
        Func<TState, CancellationToken, ValueTask<T>> operation,
        TState state
    )
    {
        Extend(wait);
        try
        {
            return await operation(state, _timer.Token);
        }
        catch (Exception exception) when (_timer.IsCancellationRequested || exception is OperationCanceledException)
        {
            _caller.ThrowIfCancellationRequested();
            // A connection that takes too long says that it was cancelled, though nobody cancelled it.
            if (_timer.IsCancellationRequested)
            {
                Dispose();
                (_timer, _registration) = Start(Remaining > TimeSpan.Zero ? Remaining : TimeSpan.Zero);
            }

            throw new TimeoutException("The sandbox's agent did not answer in time.", exception);
        }
    }

    public void Dispose()
    {
        _registration.Dispose();
        _timer.Dispose();
    }

    private (CancellationTokenSource Timer, CancellationTokenRegistration Registration) Start(TimeSpan wait)
    {
        var timer = new CancellationTokenSource(wait, _time);
        return (timer, _caller.UnsafeRegister(static timer => ((CancellationTokenSource)timer!).Cancel(), timer));
    }
}
