namespace SandboxOperator.Sandboxes.Local.Sessions;

/// <summary>A sandbox that runs, as admission sees it.</summary>
/// <param name="Session">The session's name.</param>
/// <param name="Thread">The thread's name.</param>
/// <param name="LastActivityAt">The end of its last call, or its start.</param>
/// <param name="Busy">Whether a request is under way.</param>
internal sealed record Room(string Session, string Thread, DateTimeOffset LastActivityAt, bool Busy)
{
    public bool IsOf(string thread) => string.Equals(Thread, thread, StringComparison.Ordinal);
}
