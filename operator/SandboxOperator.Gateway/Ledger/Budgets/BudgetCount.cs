namespace SandboxOperator.Gateway.Ledger.Budgets;

/// <summary>What of a budget is spent in one period, and what was told of it.</summary>
internal sealed class BudgetCount
{
    /// <summary>Nano-dollars.</summary>
    public long Spent { get; set; }

    /// <summary>Whether it was said that the budget is nearly used up.</summary>
    public bool HasWarned { get; set; }

    /// <summary>Whether the cluster was told that it is used up.</summary>
    public bool HasTold { get; set; }

    /// <summary>Whether the log has said that something was refused.</summary>
    public bool HasRefused { get; set; }
}
