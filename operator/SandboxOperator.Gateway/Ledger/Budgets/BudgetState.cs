namespace SandboxOperator.Gateway.Ledger.Budgets;

/// <summary>Where a budget stands.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="SpentNanos">Nano-dollars spent in the current period.</param>
/// <param name="Start">The current period's beginning.</param>
/// <param name="End">The next period's beginning.</param>
internal sealed record BudgetState(Budget Budget, long SpentNanos, DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>The part that is spent; more than 1 when the last turn of a model went over it.</summary>
    public double UsedRatio => Budget.LimitNanos > 0 ? (double)SpentNanos / Budget.LimitNanos : 1;
}
