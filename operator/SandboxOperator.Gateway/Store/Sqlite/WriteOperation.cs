namespace SandboxOperator.Gateway.Store.Sqlite;

/// <summary>A write that waits for the writer, without its result's type.</summary>
internal abstract class WriteOperation
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private int _state = Waiting;

    /// <summary>Claims the write for the batch; false when its caller has stopped waiting.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>Takes the write back; false when the writer has it already.</summary>
    public bool TryWithdraw() => Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting;

    /// <summary>Runs the write inside the open transaction and keeps its result for <see cref="Complete"/>.</summary>
    public abstract Task ExecuteAsync(StoreContext context);

    /// <summary>The transaction has been committed: the caller gets the result.</summary>
    public abstract void Complete();

    /// <summary>Nothing was kept: the caller gets the error.</summary>
    public abstract void Fail(Exception error);

    /// <summary>The caller stopped waiting before the write was taken.</summary>
    public abstract void Cancel(CancellationToken cancellationToken);
}
