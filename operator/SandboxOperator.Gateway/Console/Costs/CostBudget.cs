namespace SandboxOperator.Gateway.Console.Costs;

/// <summary>Where a budget stands.</summary>
/// <param name="Name">Whose it is, and for how long.</param>
/// <param name="SpentNanos">Nano-dollars spent in this period.</param>
/// <param name="LimitNanos">Nano-dollars that may be.</param>
/// <param name="EndsAtMs">When the next period begins, Unix milliseconds.</param>
public sealed record CostBudget(string Name, long SpentNanos, long LimitNanos, long EndsAtMs)
{
    /// <summary>The part that is spent; more than 1 when it was passed.</summary>
    public double Used => LimitNanos > 0 ? (double)SpentNanos / LimitNanos : 1;
}
