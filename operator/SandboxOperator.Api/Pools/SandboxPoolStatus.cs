using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Pools;

/// <summary>What a pool is. Written by the controller alone.</summary>
public sealed record SandboxPoolStatus
{
    /// <summary>The generation of the spec that this status was found for.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>Aspects of the state: Ready.</summary>
    [MapKey("type")]
    public IReadOnlyList<Condition>? Conditions { get; set; }

    /// <summary>Unclaimed sandboxes, ready or starting.</summary>
    public int? Replicas { get; set; }

    /// <summary>Unclaimed sandboxes that a session can have at once.</summary>
    public int? ReadyReplicas { get; set; }

    /// <summary>The labels of the pool's sandboxes, for the scale subresource.</summary>
    public string? Selector { get; set; }
}
