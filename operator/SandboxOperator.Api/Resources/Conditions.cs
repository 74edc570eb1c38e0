namespace SandboxOperator.Api.Resources;

/// <summary>Reads and changes lists of conditions.</summary>
public static class Conditions
{
    /// <summary>The condition of a type, if it has been set.</summary>
    /// <param name="conditions">The list; none counts as empty.</param>
    /// <param name="type">The type.</param>
    /// <returns>The condition or null.</returns>
    public static Condition? Find(this IEnumerable<Condition>? conditions, string type) =>
        conditions?.FirstOrDefault(condition => string.Equals(condition.Type, type, StringComparison.Ordinal));

    /// <summary>Whether a condition is known to hold.</summary>
    /// <param name="conditions">The list; none counts as empty.</param>
    /// <param name="type">The type.</param>
    /// <returns>True only for status <c>True</c>.</returns>
    public static bool IsTrue(this IEnumerable<Condition>? conditions, string type) =>
        conditions.Find(type)?.Status == ConditionStatus.True;

    /// <summary>
    /// The list with one condition set. The time of transition moves only when the status changes, so that setting the
    /// same again gives an equal list.
    /// </summary>
    /// <param name="conditions">The list; none counts as empty.</param>
    /// <param name="condition">The condition, with the present as its time of transition.</param>
    /// <returns>A new list, in the old order; a new type comes last.</returns>
    public static IReadOnlyList<Condition> With(this IReadOnlyList<Condition>? conditions, Condition condition)
    {
        var old = conditions.Find(condition.Type);
        if (old is null)
        {
            return [.. conditions ?? [], condition];
        }

        var set =
            old.Status == condition.Status ? condition with { LastTransitionTime = old.LastTransitionTime } : condition;
        return [.. conditions!.Select(each => ReferenceEquals(each, old) ? set : each)];
    }
}
