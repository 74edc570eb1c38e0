namespace SandboxOperator.Gateway.Ledger.Budgets;

/// <summary>A budget does not allow it; nothing was spent. The message is for the run's user.</summary>
internal sealed class BudgetExceededException(string message) : Exception(message);
