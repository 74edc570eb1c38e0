using System.Collections.Concurrent;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Tests.RunLoop;

/// <summary>Sandboxes in memory, with an agent's rules: a call runs at most once. It outlives gateways.</summary>
internal sealed class FakeSandboxes : ISandboxes
{
    private readonly ConcurrentDictionary<string, FakeSandbox> _sandboxes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _ended = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);

    /// <summary>How many threads may hold a slot.</summary>
    public int Capacity { get; set; } = 1000;

    /// <summary>What opening a sandbox throws, or null.</summary>
    public Exception? OpenFails { get; set; }

    /// <summary>When set, a session ends an hour after its last call.</summary>
    public TimeProvider? Clock { get; set; }

    /// <summary>What code does.</summary>
    public FakePython Python { get; } = new();

    public IReadOnlyCollection<FakeSandbox> All => [.. _sandboxes.Values];

    public FakeSandbox Single => _sandboxes.Values.Single();

    public int Slots
    {
        get
        {
            lock (_lock)
            {
                return _slots.Count;
            }
        }
    }

    /// <summary>How many sessions were opened, those that have ended included.</summary>
    public int EverOpened { get; private set; }

    /// <summary>How often room was reserved.</summary>
    public int Reservations { get; private set; }

    public ValueTask<ISandboxSlot> ReserveAsync(SessionKey session, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var thread = ThreadOf(session);
            if (!_slots.ContainsKey(thread) && _slots.Count >= Capacity)
            {
                throw new SandboxCapacityException("Every sandbox is in use.", TimeSpan.FromSeconds(7));
            }
            _slots[thread] = _slots.GetValueOrDefault(thread) + 1;
            Reservations++;
        }
        return ValueTask.FromResult<ISandboxSlot>(new Slot(this, session));
    }

    public Task<ISandbox> OpenAsync(SessionKey session, CancellationToken cancellationToken)
    {
        if (OpenFails is { } failure)
        {
            throw failure;
        }
        ExpireIdle();
        return _ended.ContainsKey(session.Name)
            ? throw new SessionEndedException("The session has ended.")
            : Task.FromResult<ISandbox>(_sandboxes.GetOrAdd(session.Name, _ => Make(session)));
    }

    private FakeSandbox Make(SessionKey session)
    {
        EverOpened++;
        return new FakeSandbox(session, Python, Clock ?? TimeProvider.System);
    }

    /// <summary>Sessions made by hand, with their projects; null where they cannot be made.</summary>
    public ConcurrentDictionary<string, string>? ByHand { get; set; }

    public Task<SessionHold> HoldAsync(SessionKey session, CancellationToken cancellationToken)
    {
        if (ByHand is null)
        {
            return Task.FromResult(SessionHold.NotSupported);
        }
        var free = ByHand.TryRemove(KeyValuePair.Create(session.Given!, session.Project));
        return Task.FromResult(free ? SessionHold.Held : SessionHold.NotFound);
    }

    public Task<ISandbox> ContinueAsync(SessionKey session, CancellationToken cancellationToken)
    {
        ExpireIdle();
        return _sandboxes.ContainsKey(session.Name)
            ? OpenAsync(session, cancellationToken)
            : throw new SessionEndedException("There is no such session any more.");
    }

    public Task EndAsync(SessionKey session, CancellationToken cancellationToken)
    {
        _ended[session.Name] = true;
        if (_sandboxes.TryRemove(session.Name, out var sandbox))
        {
            sandbox.Restart();
        }
        return Task.CompletedTask;
    }

    /// <summary>Ends every session, as idle time does.</summary>
    public void ExpireAll()
    {
        foreach (var name in _sandboxes.Keys)
        {
            _ended[name] = true;
            _sandboxes.TryRemove(name, out _);
        }
    }

    private void ExpireIdle()
    {
        foreach (var (name, sandbox) in _sandboxes)
        {
            if (Clock is { } clock && clock.GetUtcNow() - sandbox.LastActivityAt >= TimeSpan.FromHours(1))
            {
                _ended[name] = true;
                _sandboxes.TryRemove(name, out _);
            }
        }
    }

    public bool HasEnded(SessionKey session) => _ended.ContainsKey(session.Name);

    public ValueTask<IReadOnlyList<SessionInfo>> ListAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<SessionInfo>>([.. _sandboxes.Values.Select(sandbox => sandbox.Info)]);

    public ValueTask<IReadOnlyList<SandboxCheck>> CheckAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<SandboxCheck>>([new SandboxCheck("fake", true, "in memory")]);

    private static string ThreadOf(SessionKey session) => $"{session.Project}/{session.ThreadId}";

    private sealed class Slot(FakeSandboxes owner, SessionKey session) : ISandboxSlot
    {
        private int _disposed;

        public SessionKey Session => session;

        public ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                lock (owner._lock)
                {
                    var thread = ThreadOf(session);
                    if (--owner._slots[thread] == 0)
                    {
                        owner._slots.Remove(thread);
                    }
                }
            }
            return ValueTask.CompletedTask;
        }
    }
}
