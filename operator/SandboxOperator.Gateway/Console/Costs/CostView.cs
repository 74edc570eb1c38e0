using SandboxOperator.Gateway.Console.Charts;

namespace SandboxOperator.Gateway.Console.Costs;

/// <summary>What was spent in some days.</summary>
/// <param name="Days">How many, up to today.</param>
/// <param name="Project">Only this project; null for all that the viewer sees.</param>
/// <param name="Projects">To choose from; for admins.</param>
/// <param name="Chart">Nano-dollars by day and line item.</param>
/// <param name="Items">Line items: quantity, and nano-dollars; null when no price is known.</param>
/// <param name="ByProject">Nano-dollars by project, the dearest first.</param>
/// <param name="Budgets">Where budgets stand.</param>
public sealed record CostView(
    int Days,
    string? Project,
    IReadOnlyList<string> Projects,
    StackedBars Chart,
    IReadOnlyList<(string Item, long Quantity, long? Nanos)> Items,
    IReadOnlyList<(string Project, long Nanos)> ByProject,
    IReadOnlyList<CostBudget> Budgets
)
{
    /// <summary>What is known of it.</summary>
    public long TotalNanos => Items.Sum(item => item.Nanos ?? 0);

    /// <summary>Whether something has no price.</summary>
    public bool HasUnknown => Items.Any(item => item.Nanos is null);
}
