namespace SandboxOperator.Sandboxes;

/// <summary>Room for the sandbox of one thread, held by a run until it ends. Disposing it frees the room.</summary>
public interface ISandboxSlot : IAsyncDisposable
{
    /// <summary>The session that the room was reserved for.</summary>
    SessionKey Session { get; }
}
