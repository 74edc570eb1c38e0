namespace SandboxOperator.Gateway.Store;

/// <summary>
/// Reads and writes the store. A write that returned has reached the disk; a write that threw left nothing behind.
/// </summary>
internal interface IStore
{
    /// <summary>Reads with a context of its own; entities are not tracked.</summary>
    Task<T> ReadAsync<T>(Func<StoreContext, CancellationToken, Task<T>> read, CancellationToken cancellationToken);

    /// <summary>
    /// Writes in a transaction that may be shared with other writes, each behind a savepoint of its own. The function
    /// saves its changes itself, waits for nothing but the context, and may run on another thread. Once it has been
    /// handed over it is carried out: the token only ends the wait before that.
    /// </summary>
    Task<T> WriteAsync<T>(Func<StoreContext, CancellationToken, Task<T>> write, CancellationToken cancellationToken);
}
