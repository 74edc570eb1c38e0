using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Tests.Console;

/// <summary>A store whose searches in texts take until somebody lets them go.</summary>
internal sealed class HeldStore(IStore store) : IStore
{
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Go() => _go.SetResult();

    public async Task<T> ReadAsync<T>(
        Func<StoreContext, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken
    )
    {
        // The only reading that can be ended is that of the rows: it has a deadline.
        if (cancellationToken.CanBeCanceled)
        {
            await _go.Task;
        }

        return await store.ReadAsync(read, cancellationToken);
    }

    public Task<T> WriteAsync<T>(
        Func<StoreContext, CancellationToken, Task<T>> write,
        CancellationToken cancellationToken
    ) => store.WriteAsync(write, cancellationToken);
}
