namespace SandboxOperator.Sandboxes;

/// <summary>Whether a session's sandbox runs.</summary>
public enum SessionState
{
    /// <summary>The sandbox runs, or is starting.</summary>
    Running,

    /// <summary>The sandbox was stopped to make room; its files are kept.</summary>
    Stopped,
}
