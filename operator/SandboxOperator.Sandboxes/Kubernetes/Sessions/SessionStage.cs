namespace SandboxOperator.Sandboxes.Kubernetes.Sessions;

/// <summary>How far a session's object is, for who wants to use it.</summary>
internal enum SessionStage
{
    /// <summary>There is no such object.</summary>
    Absent,

    /// <summary>The session is over.</summary>
    Ended,

    /// <summary>It has no sandbox because somebody asked for that.</summary>
    Suspended,

    /// <summary>It cannot start as things are.</summary>
    Failed,

    /// <summary>Wait.</summary>
    Starting,

    /// <summary>Its pod runs and is isolated.</summary>
    Ready,
}
