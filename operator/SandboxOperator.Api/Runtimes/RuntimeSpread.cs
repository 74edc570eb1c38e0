using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Runtimes;

/// <summary>How evenly sandboxes of a runtime spread over the values of a node label.</summary>
public sealed record RuntimeSpread
{
    /// <summary>The node label, for example kubernetes.io/hostname.</summary>
    [Required, Length(1, 317)]
    public string TopologyKey { get; set; } = "";

    /// <summary>How many sandboxes one value may have more than another.</summary>
    [Range(1, 1000)]
    public int MaxSkew { get; set; } = 1;

    /// <summary>What happens to a sandbox that would break the rule.</summary>
    [OneOf("DoNotSchedule", "ScheduleAnyway")]
    public string WhenUnsatisfiable { get; set; } = "ScheduleAnyway";
}
