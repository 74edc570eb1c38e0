namespace SandboxOperator.Controller.Pools;

/// <summary>What to do so that a pool has the pods that it should.</summary>
/// <param name="Create">How many pods to make.</param>
/// <param name="Delete">Names of the pods to delete.</param>
internal sealed record PoolPlan(int Create, IReadOnlyList<string> Delete)
{
    /// <summary>Of how many pods one may be out of service while a changed runtime is rolled out.</summary>
    private const int ReplaceOneOf = 4;

    /// <summary>Plans one step; never more pods than wanted, those on their way included.</summary>
    /// <remarks>
    /// <list type="number">
    /// <item>What is broken goes.</item>
    /// <item>Too many: outdated ones go first, then those that are not ready, then the youngest.</item>
    /// <item>Enough, but outdated: a quarter goes at a time, those that are not ready first, so that the rest can serve.</item>
    /// <item>Too few: the missing ones are made.</item>
    /// </list>
    /// </remarks>
    /// <param name="wanted">How many there should be.</param>
    /// <param name="pods">The unclaimed pods that the cache shows.</param>
    /// <param name="expected">Pods that were made and that the cache does not show yet.</param>
    public static PoolPlan Of(int wanted, IReadOnlyCollection<WarmPod> pods, int expected)
    {
        // 1.
        var present = pods.Where(pod => !pod.IsLeaving).ToList();
        var delete = present.Where(pod => pod.IsBroken).Select(pod => pod.Name).ToList();
        present.RemoveAll(pod => pod.IsBroken);
        var surplus = present.Count + expected - wanted;
        var worstFirst = present
            .OrderBy(pod => pod.IsCurrent)
            .ThenBy(pod => pod.IsReady)
            .ThenByDescending(pod => pod.CreatedAt)
            .ThenBy(pod => pod.Name, StringComparer.Ordinal)
            .ToList();

        // 2.
        if (surplus > 0)
        {
            delete.AddRange(worstFirst.Take(surplus).Select(pod => pod.Name));
            return new PoolPlan(0, delete);
        }

        // 3.
        var unavailable = wanted - present.Count(pod => pod.IsReady);
        var allowed = Math.Max(1, wanted / ReplaceOneOf) - unavailable;
        var outdated = worstFirst.Where(pod => !pod.IsCurrent).ToList();
        var idle = outdated.Where(pod => !pod.IsReady).ToList();
        var serving = outdated.Where(pod => pod.IsReady).Take(Math.Max(0, allowed));
        var replaced = idle.Concat(serving).Select(pod => pod.Name).ToList();
        delete.AddRange(replaced);

        // 4.
        return new PoolPlan(-surplus + replaced.Count, delete);
    }
}
