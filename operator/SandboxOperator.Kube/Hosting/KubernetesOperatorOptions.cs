using SandboxOperator.Kube.Leadership;

namespace SandboxOperator.Kube.Hosting;

/// <summary>Settings of the controller runtime.</summary>
public sealed class KubernetesOperatorOptions
{
    /// <summary>Who the controllers are, in events and as owner of fields.</summary>
    public string Name { get; set; } = "sandbox-controller";

    /// <summary>How several processes agree on one that works.</summary>
    public LeaderElectionOptions LeaderElection { get; } = new();
}
