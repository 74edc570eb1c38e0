using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Runtimes;

/// <summary>What a runtime is. Written by the controller alone.</summary>
public sealed record SandboxRuntimeStatus
{
    /// <summary>The generation of the spec that this status was found for.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>Aspects of the state: Ready, NetworkPolicyEnforced, UserNamespace.</summary>
    [MapKey("type")]
    public IReadOnlyList<Condition>? Conditions { get; set; }
}
