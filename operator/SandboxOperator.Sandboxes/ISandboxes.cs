namespace SandboxOperator.Sandboxes;

/// <summary>
/// Gives every session its sandbox, wherever sandboxes live. Implemented for one machine (bubblewrap) and, with the
/// same behaviour, for Kubernetes.
/// </summary>
public interface ISandboxes
{
    /// <summary>
    /// Admission: reserves room for the sandbox of a session until the slot is disposed. The room belongs to the
    /// session's thread: it serves the thread's later sessions too, when this one ends meanwhile, and a thread that
    /// already holds a slot gets another handle on it. At the limit the longest-idle sandbox without a slot is
    /// stopped: its session and its files go on, its variables are lost.
    /// </summary>
    /// <exception cref="SandboxCapacityException">Every slot belongs to an active run.</exception>
    ValueTask<ISandboxSlot> ReserveAsync(SessionKey session, CancellationToken cancellationToken);

    /// <summary>
    /// The sandbox of a session: the running one, a stopped one started again over its files, a warm one claimed, or
    /// a new one.
    /// </summary>
    /// <exception cref="SessionEndedException">The session expired or was ended; its files are gone. Open the next ordinal.</exception>
    /// <exception cref="SandboxCapacityException">There is no room, and no slot was reserved.</exception>
    /// <exception cref="SandboxUnavailableException">The sandbox cannot start; the message says why.</exception>
    Task<ISandbox> OpenAsync(SessionKey session, CancellationToken cancellationToken);

    /// <summary>
    /// The sandbox of a session that has had a call. When there is no such session any more, it has ended: nothing new
    /// is made under its name.
    /// </summary>
    /// <inheritdoc cref="OpenAsync"/>
    Task<ISandbox> ContinueAsync(SessionKey session, CancellationToken cancellationToken) =>
        OpenAsync(session, cancellationToken);

    /// <summary>Takes a session that somebody made by hand, and that <see cref="SessionKey.Given"/> names, for a thread. Idempotent.</summary>
    /// <exception cref="SandboxUnavailableException">Nobody knows: the backend cannot be reached.</exception>
    Task<SessionHold> HoldAsync(SessionKey session, CancellationToken cancellationToken) =>
        Task.FromResult(SessionHold.NotSupported);

    /// <summary>Ends a session at once: its processes are killed, its files deleted. Idempotent.</summary>
    Task EndAsync(SessionKey session, CancellationToken cancellationToken);

    /// <summary>The sessions that have not ended, running or stopped.</summary>
    ValueTask<IReadOnlyList<SessionInfo>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The pools of warm sandboxes; none where the backend has no such thing.</summary>
    /// <exception cref="SandboxUnavailableException">The backend cannot be reached.</exception>
    ValueTask<IReadOnlyList<PoolInfo>> PoolsAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<PoolInfo>>([]);

    /// <summary>
    /// What the backend needs, whether it is there, and how each limit is enforced; for <c>/readyz?verbose</c>.
    /// </summary>
    ValueTask<IReadOnlyList<SandboxCheck>> CheckAsync(CancellationToken cancellationToken);
}
