namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>What this replica knows of a session that it uses, beyond its object.</summary>
internal sealed class LiveSession(string name) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _gate = new();
    private int _requests;
    private bool _unreported;
    private bool _reporting;

    public string Name => name;

    /// <summary>The way to its sandbox; null before the first and after the last.</summary>
    public KubernetesSandbox? Current { get; set; }

    /// <summary>The last activity that this replica wrote to the object, or found there not to be older.</summary>
    public DateTimeOffset? ReportedAt { get; private set; }

    /// <summary>The end of the last call here.</summary>
    public DateTimeOffset? UsedAt { get; private set; }

    /// <summary>Whether a request is under way.</summary>
    public bool InUse
    {
        get
        {
            lock (_gate)
            {
                return _requests > 0;
            }
        }
    }

    /// <summary>Whether a call has ended since the last report.</summary>
    public bool Unreported
    {
        get
        {
            lock (_gate)
            {
                return _unreported;
            }
        }
    }

    /// <summary>Waits until nobody else of this replica opens the session's sandbox. Dispose to let the next one in.</summary>
    public async Task<IDisposable> TurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        return new Release(_turn);
    }

    public void Begin()
    {
        lock (_gate)
        {
            _requests++;
        }
    }

    public void Finish(bool wasCall, DateTimeOffset now)
    {
        lock (_gate)
        {
            _requests--;
            if (wasCall)
            {
                UsedAt = now;
                _unreported = true;
            }
        }
    }

    /// <summary>When the session was last in use: now, or at the end of its last call.</summary>
    public DateTimeOffset LastUse(DateTimeOffset now)
    {
        lock (_gate)
        {
            return _requests > 0 ? now : UsedAt ?? now;
        }
    }

    /// <summary>Begins a report unless one is under way.</summary>
    public bool BeginReport()
    {
        lock (_gate)
        {
            return !_reporting && (_reporting = true);
        }
    }

    /// <summary>Ends a report that <see cref="BeginReport"/> began.</summary>
    public void EndReport()
    {
        lock (_gate)
        {
            _reporting = false;
        }
    }

    /// <summary>The object tells of an activity at that time, or a later one.</summary>
    public void Reported(DateTimeOffset activity)
    {
        lock (_gate)
        {
            ReportedAt = ReportedAt > activity ? ReportedAt : activity;
            _unreported &= UsedAt > activity;
        }
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Release(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
