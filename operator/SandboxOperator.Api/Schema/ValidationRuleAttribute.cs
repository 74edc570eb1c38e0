namespace SandboxOperator.Api.Schema;

/// <summary>
/// A rule in the Common Expression Language. Clusters before 1.25 do not know it, so that whatever depends on it is
/// checked by the controller, too.
/// </summary>
/// <param name="rule">The expression; <c>self</c> is the value, <c>oldSelf</c> the value before an update.</param>
/// <param name="message">What the API server answers when the rule does not hold: what to do.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class ValidationRuleAttribute(string rule, string message) : Attribute
{
    /// <summary>The expression.</summary>
    public string Rule { get; } = rule;

    /// <summary>What the API server answers when the rule does not hold.</summary>
    public string Message { get; } = message;
}
