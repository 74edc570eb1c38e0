namespace SandboxOperator.Sandboxes;

/// <summary>Whether a session's sandbox runs.</summary>
public enum SessionState
{
    /// <summary>The sandbox runs, or is starting.</summary>
    Running,

    /// <summary>The sandbox was stopped to make room; the session goes on.</summary>
    Stopped,

    /// <summary>The sandbox cannot start as things are.</summary>
    Failed,
}
