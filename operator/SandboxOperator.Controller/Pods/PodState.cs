namespace SandboxOperator.Controller.Pods;

/// <summary>How far a pod is.</summary>
internal enum PodState
{
    /// <summary>Wait.</summary>
    Starting,

    /// <summary>Code can run.</summary>
    Ready,

    /// <summary>It cannot start as things are; it may yet, when an image appears or a node has room.</summary>
    Failing,
}
