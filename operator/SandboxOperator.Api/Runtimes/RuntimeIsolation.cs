using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Runtimes;

/// <summary>Isolation beyond what every sandbox has.</summary>
public sealed record RuntimeIsolation
{
    /// <summary>
    /// Refuse sessions where the cluster does not enforce network policies. Without it the sandbox's own layers suffice.
    /// </summary>
    public bool RequireNetworkPolicy { get; set; }

    /// <summary>User namespaces for pods: Auto where the nodes report them, Required or Off.</summary>
    [OneOf("Auto", "Required", "Off")]
    public string UserNamespace { get; set; } = "Auto";

    /// <summary>A RuntimeClass of the cluster, for example of gVisor or Kata Containers.</summary>
    [Length(1, 253)]
    public string? RuntimeClassName { get; set; }
}
