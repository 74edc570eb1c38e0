using SandboxOperator.Sandboxes.Local.Sessions;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>Room held for a session's thread.</summary>
internal sealed class LocalSlot(SessionTable table, SessionKey session) : ISandboxSlot
{
    private int _disposed;

    public SessionKey Session => session;

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            table.ReleaseSlot(session);
        }

        return ValueTask.CompletedTask;
    }
}
