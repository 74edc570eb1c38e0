using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Tests.RunLoop;

/// <summary>A store that dies at one of its writes, as a killed gateway's does: before the write, or behind it.</summary>
internal sealed class CrashingStore(IStore inner) : IStore
{
    private int _left = int.MaxValue;
    private bool _before;

    /// <summary>Completes when the store has died.</summary>
    public TaskCompletionSource Crashed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Dies at the nth write from now.</summary>
    public void CrashAt(int write, bool before)
    {
        _before = before;
        Volatile.Write(ref _left, write);
    }

    public Task<T> ReadAsync<T>(
        Func<StoreContext, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken
    ) => inner.ReadAsync(read, cancellationToken);

    public async Task<T> WriteAsync<T>(
        Func<StoreContext, CancellationToken, Task<T>> write,
        CancellationToken cancellationToken
    )
    {
        var left = Interlocked.Decrement(ref _left);
        if (left < 0 || (left == 0 && _before))
        {
            Crashed.TrySetResult();
            throw new InvalidOperationException("The gateway was killed.");
        }
        var result = await inner.WriteAsync(write, cancellationToken);
        if (left == 0)
        {
            Crashed.TrySetResult();
            throw new InvalidOperationException("The gateway was killed.");
        }
        return result;
    }
}
