namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>The namespace of the sessions.</summary>
internal sealed record SessionNamespace(string Name);
