namespace SandboxOperator.Kube.Caching;

/// <summary>What happened to a cached object.</summary>
public enum ChangeKind
{
    /// <summary>It is new to the cache.</summary>
    Added,

    /// <summary>It has changed.</summary>
    Updated,

    /// <summary>It is gone.</summary>
    Deleted,
}
