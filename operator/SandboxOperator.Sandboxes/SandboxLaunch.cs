namespace SandboxOperator.Sandboxes;

/// <summary>How a session's sandbox came to be.</summary>
public enum SandboxLaunch
{
    /// <summary>A warm sandbox was ready and was claimed.</summary>
    Warm,

    /// <summary>The sandbox was started when it was asked for.</summary>
    Cold,
}
