using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Runtimes;

/// <summary>Where sandboxes may run.</summary>
public sealed record RuntimeScheduling
{
    /// <summary>Labels that nodes must have.</summary>
    [Items(0, 32), Length(0, 63)]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; set; }

    /// <summary>Taints that sandboxes tolerate.</summary>
    [Items(0, 32)]
    public IReadOnlyList<RuntimeToleration>? Tolerations { get; set; }

    /// <summary>How sandboxes of this runtime spread over nodes or zones.</summary>
    [Items(0, 8)]
    public IReadOnlyList<RuntimeSpread>? TopologySpread { get; set; }
}
