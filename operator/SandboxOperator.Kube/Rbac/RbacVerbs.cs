namespace SandboxOperator.Kube.Rbac;

/// <summary>What may be done with a resource.</summary>
[Flags]
public enum RbacVerbs
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read one.</summary>
    Get = 1,

    /// <summary>Read many.</summary>
    List = 2,

    /// <summary>Follow changes.</summary>
    Watch = 4,

    /// <summary>Create.</summary>
    Create = 8,

    /// <summary>Replace.</summary>
    Update = 16,

    /// <summary>Change parts, server-side apply included.</summary>
    Patch = 32,

    /// <summary>Delete one.</summary>
    Delete = 64,

    /// <summary>What a cache needs.</summary>
    Read = Get | List | Watch,
}
