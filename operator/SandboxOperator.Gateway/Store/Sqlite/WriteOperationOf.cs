namespace SandboxOperator.Gateway.Store.Sqlite;

/// <summary>A write with its result.</summary>
internal sealed class WriteOperationOf<T>(Func<StoreContext, CancellationToken, Task<T>> write) : WriteOperation
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    /// <summary>Ends when the write is on the disk, or has failed.</summary>
    public Task<T> Completion => _completion.Task;

    public override async Task ExecuteAsync(StoreContext context) =>
        _result = await write(context, CancellationToken.None);

    public override void Complete() => _completion.TrySetResult(_result!);

    public override void Fail(Exception error) => _completion.TrySetException(error);

    public override void Cancel(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);
}
