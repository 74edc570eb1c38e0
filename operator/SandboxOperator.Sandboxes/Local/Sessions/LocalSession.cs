namespace SandboxOperator.Sandboxes.Local.Sessions;

/// <summary>One session. What changes of it is guarded by <see cref="SessionTable"/>; its sandbox by its turn.</summary>
internal sealed class LocalSession(SessionKey key, DateTimeOffset now) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public SessionKey Key { get; } = key;

    public string Name { get; } = key.Name;

    public string Thread { get; } = ThreadName.Of(key);

    public SandboxLaunch Launch { get; set; } = SandboxLaunch.Cold;

    public DateTimeOffset StartedAt { get; set; } = now;

    public DateTimeOffset LastActivityAt { get; set; } = now;

    /// <summary>Calls under way.</summary>
    public int Calls { get; set; }

    /// <summary>Requests under way, calls included.</summary>
    public int Requests { get; set; }

    public bool Ended { get; set; }

    /// <summary>The way to its sandbox while that runs; null while it is stopped or not there yet.</summary>
    public LocalSandbox? Current { get; set; }

    /// <summary>Its sandbox, running or stopped. Only who has the turn touches it.</summary>
    public Box? Box { get; set; }

    /// <summary>Waits until nobody else starts or stops this session's sandbox. Dispose to let the next one in.</summary>
    /// <exception cref="SandboxUnavailableException">It took too long.</exception>
    public async Task<IDisposable> TurnAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(longest, cancellationToken))
        {
            throw new SandboxUnavailableException("The session's sandbox is still being started or stopped.");
        }

        return new Release(_turn);
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Release(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
