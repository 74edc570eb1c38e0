namespace SandboxOperator.Api.Schema;

/// <summary>A string, each item of a list or each value of a map must match this regular expression.</summary>
/// <param name="expression">The expression, in the RE2 dialect; anchor it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatternAttribute(string expression) : Attribute
{
    /// <summary>The expression.</summary>
    public string Expression { get; } = expression;
}
