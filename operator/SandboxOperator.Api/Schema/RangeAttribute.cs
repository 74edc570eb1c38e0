namespace SandboxOperator.Api.Schema;

/// <summary>The values that a number may have.</summary>
/// <param name="minimum">The least.</param>
/// <param name="maximum">The most.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeAttribute(long minimum, long maximum) : Attribute
{
    /// <summary>The least.</summary>
    public long Minimum { get; } = minimum;

    /// <summary>The most.</summary>
    public long Maximum { get; } = maximum;
}
