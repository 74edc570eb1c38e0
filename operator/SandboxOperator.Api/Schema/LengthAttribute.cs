namespace SandboxOperator.Api.Schema;

/// <summary>The length that a string, each item of a list or each value of a map may have, in characters.</summary>
/// <param name="minimum">The least.</param>
/// <param name="maximum">The most.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LengthAttribute(int minimum, int maximum) : Attribute
{
    /// <summary>The least.</summary>
    public int Minimum { get; } = minimum;

    /// <summary>The most.</summary>
    public int Maximum { get; } = maximum;
}
