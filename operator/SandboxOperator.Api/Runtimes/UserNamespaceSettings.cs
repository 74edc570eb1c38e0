namespace SandboxOperator.Api.Runtimes;

/// <summary>When pods get a user namespace of their own.</summary>
public static class UserNamespaceSettings
{
    /// <summary>Where the nodes report them.</summary>
    public const string Auto = "Auto";

    /// <summary>Always; no new pods where the nodes do not report them.</summary>
    public const string Required = "Required";

    /// <summary>Never.</summary>
    public const string Off = "Off";
}
