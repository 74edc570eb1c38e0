using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Runtimes;

/// <summary>Isolation beyond what every sandbox has.</summary>
public sealed record RuntimeIsolation
{
    /// <summary>
    /// Refuse sessions where the cluster does not enforce network policies. Without it the sandbox's own layers suffice.
    /// </summary>
    public bool RequireNetworkPolicy { get; set; }

    /// <summary>
    /// A user namespace for every pod. Auto: where all nodes that its pods may come to report them, which they do since
    /// Kubernetes 1.30. Required: no new pods where they do not. Off: never.
    /// </summary>
    [OneOf(UserNamespaceSettings.Auto, UserNamespaceSettings.Required, UserNamespaceSettings.Off)]
    public string UserNamespace { get; set; } = UserNamespaceSettings.Auto;

    /// <summary>A RuntimeClass of the cluster, for example of gVisor or Kata Containers.</summary>
    [Length(1, 253)]
    public string? RuntimeClassName { get; set; }
}
