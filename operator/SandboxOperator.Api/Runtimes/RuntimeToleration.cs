using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Runtimes;

/// <summary>A taint that sandboxes tolerate, as in a pod.</summary>
public sealed record RuntimeToleration
{
    /// <summary>The taint's key; all keys when absent.</summary>
    [Length(1, 317)]
    public string? Key { get; set; }

    /// <summary>How key and value are compared.</summary>
    [OneOf("Equal", "Exists")]
    public string Operator { get; set; } = "Equal";

    /// <summary>The taint's value.</summary>
    [Length(0, 63)]
    public string? Value { get; set; }

    /// <summary>The taint's effect; all effects when absent.</summary>
    [OneOf("NoSchedule", "PreferNoSchedule", "NoExecute")]
    public string? Effect { get; set; }

    /// <summary>How long a taint with the effect NoExecute is tolerated; for ever when absent.</summary>
    [Range(0, 31_536_000)]
    public long? TolerationSeconds { get; set; }
}
