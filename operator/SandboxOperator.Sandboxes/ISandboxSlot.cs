namespace SandboxOperator.Sandboxes;

/// <summary>Room for one session's sandbox, held by a run until it ends. Disposing it frees the room.</summary>
public interface ISandboxSlot : IAsyncDisposable
{
    /// <summary>The session that holds the room.</summary>
    SessionKey Session { get; }
}
