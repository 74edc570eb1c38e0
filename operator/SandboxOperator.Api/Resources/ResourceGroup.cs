namespace SandboxOperator.Api.Resources;

/// <summary>Where the resources live in the Kubernetes API.</summary>
public static class ResourceGroup
{
    /// <summary>The API group.</summary>
    public const string Name = "sandboxoperator.dev";

    /// <summary>The version.</summary>
    public const string Version = "v1alpha1";

    /// <summary>The category: <c>kubectl get sandbox</c> lists all kinds.</summary>
    public const string Category = "sandbox";
}
