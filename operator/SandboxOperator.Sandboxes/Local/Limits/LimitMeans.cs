namespace SandboxOperator.Sandboxes.Local.Limits;

/// <summary>How the platform limits a resource.</summary>
internal enum LimitMeans
{
    /// <summary>Not at all: init's own watch and resource limits are all there is.</summary>
    None,
    Unified,
    Legacy,
    SystemdScope,
}
