using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Resources;

/// <summary>One aspect of the state of a resource.</summary>
public sealed record Condition
{
    /// <summary>What the condition is about, in CamelCase.</summary>
    [Required, Length(1, 316)]
    public string Type { get; set; } = "";

    /// <summary>Whether it holds.</summary>
    [Required, OneOf(ConditionStatus.True, ConditionStatus.False, ConditionStatus.Unknown)]
    public string Status { get; set; } = "";

    /// <summary>Why, in one word in CamelCase.</summary>
    [Required, Length(1, 1024), Pattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")]
    public string Reason { get; set; } = "";

    /// <summary>Why, in a sentence for people.</summary>
    [Required, Length(0, 32768)]
    public string Message { get; set; } = "";

    /// <summary>When the status last changed.</summary>
    [Required]
    public DateTimeOffset LastTransitionTime { get; set; }

    /// <summary>The generation of the resource that the condition was found for.</summary>
    [Range(0, long.MaxValue)]
    public long? ObservedGeneration { get; set; }
}
