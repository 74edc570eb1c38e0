using System.Diagnostics;

namespace SandboxOperator.Kube;

/// <summary>The spans of the controller runtime.</summary>
public static class KubeTracing
{
    /// <summary>The name to listen to.</summary>
    public const string SourceName = "SandboxOperator.Kube";

    internal static ActivitySource Source { get; } = new(SourceName);
}
