namespace SandboxOperator.Gateway.Ledger.Budgets;

/// <summary>How long a budget lasts, by the calendar in UTC.</summary>
internal enum BudgetPeriod
{
    Day,
    Month,
}
