using SandboxOperator.Gateway.Ledger.Budgets;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>What things cost, for who shows it.</summary>
internal interface ICosts
{
    /// <summary>What a run has cost so far, up to the last stored turn and call.</summary>
    Task<RunCost> OfRunAsync(string threadId, string runId, CancellationToken cancellationToken);

    /// <summary>What was spent by day (UTC), project and line item, oldest first.</summary>
    /// <param name="project">Only this project; null for all.</param>
    /// <param name="from">In the first day.</param>
    /// <param name="to">In the last day, or the moment it ends.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    Task<IReadOnlyList<CostLine>> DailyAsync(
        string? project,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken
    );

    /// <summary>Where budgets stand.</summary>
    /// <param name="project">Only those that name this project; null for all.</param>
    IReadOnlyList<BudgetState> Budgets(string? project);
}
