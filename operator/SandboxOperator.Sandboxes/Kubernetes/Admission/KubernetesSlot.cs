namespace SandboxOperator.Sandboxes.Kubernetes.Admission;

/// <summary>Room held for a session's thread.</summary>
internal sealed class KubernetesSlot(SlotTable slots, SessionKey session) : ISandboxSlot
{
    private int _disposed;

    public SessionKey Session => session;

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            slots.Release(ThreadOwner.Of(session));
        }

        return ValueTask.CompletedTask;
    }
}
