using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Pools;

/// <summary>Warm sandboxes that wait for sessions.</summary>
public sealed record SandboxPoolSpec
{
    /// <summary>The SandboxRuntime that the sandboxes are made from. Cannot change.</summary>
    [ValidationRule("self == oldSelf", "runtimeRef cannot change; create another pool")]
    public LocalReference RuntimeRef { get; set; } = new() { Name = "default" };

    /// <summary>How many unclaimed sandboxes are kept. An empty pool means a slower start, not an error.</summary>
    [Range(0, 10_000)]
    public int Replicas { get; set; } = 1;

    /// <summary>How many of them must be ready for the pool to count as ready.</summary>
    [Range(0, 10_000)]
    public int MinReady { get; set; }
}
