using SandboxOperator.Api.Agent;

namespace SandboxOperator.Sandboxes.Local.Sessions;

/// <summary>
/// The sessions and slots there are. Every decision about them is made under one lock, and no I/O but the line that
/// remembers an end.
/// </summary>
internal sealed class SessionTable(int most, TimeSpan idleTimeout, EndedSessions ended, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SessionKey, LocalSession> _sessions = [];
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);

    /// <summary>How many sandboxes may run.</summary>
    public int Most => most;

    /// <summary>Rooms that are taken: by sandboxes that run and by threads that hold a slot without one.</summary>
    public int Taken
    {
        get
        {
            lock (_gate)
            {
                var running = _sessions.Values.Where(session => session.Current is not null).ToList();
                return running.Count
                    + _slots.Keys.Count(slot =>
                        !running.Exists(session => string.Equals(session.Thread, slot, StringComparison.Ordinal))
                    );
            }
        }
    }

    /// <summary>Whether a call runs anywhere.</summary>
    public bool Calling
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Values.Any(session => session.Calls > 0);
            }
        }
    }

    public IReadOnlyList<LocalSession> All()
    {
        lock (_gate)
        {
            return [.. _sessions.Values];
        }
    }

    /// <summary>The way to a session's sandbox if that runs.</summary>
    public LocalSandbox? Running(SessionKey key)
    {
        lock (_gate)
        {
            return _sessions.GetValueOrDefault(key)?.Current;
        }
    }

    /// <summary>Takes a slot; the session returned must be stopped before the slot is used.</summary>
    /// <exception cref="SandboxCapacityException">Every slot belongs to an active run.</exception>
    public LocalSession? TakeSlot(SessionKey key)
    {
        lock (_gate)
        {
            var thread = ThreadName.Of(key);
            var running = _sessions
                .Values.Where(session => session.Current is not null)
                .Select(session => new Room(session.Name, session.Thread, session.LastActivityAt, session.Requests > 0))
                .ToList();
            var decision = Admission.Decide(thread, most, running, _slots.Keys);
            if (!decision.Admitted)
            {
                throw new SandboxCapacityException(
                    $"All {most} sandboxes that this machine may run are in use. Try again shortly, or raise "
                        + $"{LocalSandboxOptions.Section}:{nameof(LocalSandboxOptions.MaxSandboxes)}.",
                    TimeSpan.FromSeconds(5)
                );
            }

            _slots[thread] = _slots.GetValueOrDefault(thread) + 1;
            var stop = _sessions.Values.FirstOrDefault(session =>
                string.Equals(session.Name, decision.Stop, StringComparison.Ordinal)
            );
            stop?.Current = null;
            return stop;
        }
    }

    public void ReleaseSlot(SessionKey key)
    {
        lock (_gate)
        {
            var thread = ThreadName.Of(key);
            if (--_slots[thread] == 0)
            {
                _slots.Remove(thread);
            }
        }
    }

    /// <summary>The session, begun now when it is new.</summary>
    /// <exception cref="SessionEndedException">It has ended.</exception>
    public LocalSession Enter(SessionKey key)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(key, out var session))
            {
                return session.Ended ? throw Ended() : session;
            }

            if (ended.Contains(key))
            {
                throw Ended();
            }

            return _sessions[key] = new LocalSession(key, time.GetUtcNow());
        }
    }

    /// <summary>Puts a session back that an earlier gateway left.</summary>
    public void Restore(LocalSession session)
    {
        lock (_gate)
        {
            _sessions.Add(session.Key, session);
        }
    }

    /// <summary>Makes a session's sandbox the one that callers get.</summary>
    public void Publish(LocalSession session, LocalSandbox? sandbox)
    {
        lock (_gate)
        {
            session.Current = session.Ended ? null : sandbox;
        }
    }

    /// <summary>Takes a sandbox out of use if it still is the session's.</summary>
    public void Retire(LocalSession session, LocalSandbox sandbox)
    {
        lock (_gate)
        {
            if (ReferenceEquals(session.Current, sandbox))
            {
                session.Current = null;
            }
        }
    }

    /// <summary>Ends a session for good: nobody gets it from now on. Null when there is none.</summary>
    public LocalSession? End(SessionKey key)
    {
        lock (_gate)
        {
            ended.Add(key);
            if (_sessions.GetValueOrDefault(key) is not { } session)
            {
                return null;
            }

            session.Ended = true;
            session.Current = null;
            return session;
        }
    }

    /// <summary>Forgets a session whose sandbox is gone.</summary>
    public void Remove(LocalSession session)
    {
        lock (_gate)
        {
            _sessions.Remove(session.Key);
        }
    }

    /// <summary>The sessions whose time has come.</summary>
    public IReadOnlyList<SessionKey> Due()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            return
            [
                .. _sessions
                    .Values.Where(session =>
                        session.Box is not null
                        && Expiry.IsDue(session.LastActivityAt, idleTimeout, session.Requests > 0, now)
                    )
                    .Select(session => session.Key),
            ];
        }
    }

    /// <summary>Begins a request; false when the sandbox is no longer the session's.</summary>
    public bool Begin(LocalSession session, LocalSandbox sandbox, bool isCall)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(session.Current, sandbox))
            {
                return false;
            }

            session.Requests++;
            session.Calls += isCall ? 1 : 0;
            return true;
        }
    }

    public void Finish(LocalSession session, bool wasCall)
    {
        lock (_gate)
        {
            session.Requests--;
            if (wasCall)
            {
                session.Calls--;
                session.LastActivityAt = time.GetUtcNow();
            }
        }
    }

    public DateTimeOffset LastActivity(LocalSession session)
    {
        lock (_gate)
        {
            return session.LastActivityAt;
        }
    }

    public SessionInfo Describe(LocalSession session)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var last = session.Calls > 0 ? now : session.LastActivityAt;
            return new SessionInfo(
                session.Key,
                session.Current is null ? SessionState.Stopped : SessionState.Running,
                session.Launch,
                session.StartedAt,
                last,
                Expiry.At(last, idleTimeout, now)
            )
            {
                Isolation = session.Current?.Isolation ?? [],
            };
        }
    }

    private static SessionEndedException Ended() => new("The session has ended; its sandbox and files are gone.");
}
