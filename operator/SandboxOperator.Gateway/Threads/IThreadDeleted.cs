namespace SandboxOperator.Gateway.Threads;

/// <summary>Hears that a thread was deleted, after its rows are gone.</summary>
internal interface IThreadDeleted
{
    /// <summary>
    /// Stops what still works for the thread: its run, its session's sandbox. Must not take long, and must not fail
    /// the request: what cannot be done now is done later.
    /// </summary>
    Task OnDeletedAsync(DeletedThread thread, CancellationToken cancellationToken);
}
