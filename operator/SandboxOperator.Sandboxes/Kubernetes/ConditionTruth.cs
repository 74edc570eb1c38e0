using SandboxOperator.Api.Resources;

namespace SandboxOperator.Sandboxes.Kubernetes;

internal static class ConditionTruth
{
    /// <summary>Whether a condition holds; null when nobody knows.</summary>
    public static bool? Holds(this Condition condition) =>
        condition.Status switch
        {
            ConditionStatus.True => true,
            ConditionStatus.False => false,
            _ => null,
        };
}
