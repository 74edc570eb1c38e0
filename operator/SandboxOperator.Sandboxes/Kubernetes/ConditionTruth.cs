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

    /// <summary>Conditions for people to look at.</summary>
    public static IReadOnlyList<SandboxCondition> Describe(this IEnumerable<Condition>? conditions) =>
        [
            .. (conditions ?? []).Select(condition => new SandboxCondition(
                condition.Type,
                condition.Status,
                condition.Reason,
                condition.Message,
                IsWell(condition)
            )),
        ];

    private static bool? IsWell(Condition condition) =>
        condition.Type switch
        {
            ConditionTypes.Expired => !condition.Holds(),
            ConditionTypes.Ready when condition.Holds() == false && !ConditionReasons.IsFailure(condition.Reason) =>
                null,
            _ => condition.Holds(),
        };
}
