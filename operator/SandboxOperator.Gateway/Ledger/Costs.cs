using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.Ledger.Usage;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Ledger;

/// <inheritdoc />
internal sealed class Costs(IStore store, UsageReader usage, BudgetBook budgets) : ICosts
{
    /// <inheritdoc />
    public Task<RunCost> OfRunAsync(string threadId, string runId, CancellationToken cancellationToken) =>
        store.ReadAsync(
            async (context, cancellation) =>
            {
                var sessions = await context
                    .SessionCharges.Where(row => row.ThreadId == threadId && row.RunId == runId)
                    .SumAsync(row => row.Nanos, cancellation);
                var uses = await context.TokenUses.Where(row => row.RunId == runId).ToListAsync(cancellation);
                return new RunCost(sessions, RunCost.Tokens(uses));
            },
            cancellationToken
        );

    /// <inheritdoc />
    public async Task<IReadOnlyList<CostLine>> DailyAsync(
        string? project,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken
    )
    {
        var range = UsageRange.Days(from, to);
        var filter = new UsageFilter(project is null ? null : [project], ByProject: true, ByModel: true);
        var sessions = await usage.SessionsAsync(range, filter, cancellationToken);
        var tokens = await usage.TokensAsync(range, filter, cancellationToken);
        return
        [
            .. sessions
                .Select(sum => new CostLine(
                    DayOf(sum.StartMs),
                    sum.Project!,
                    LineItems.Sessions,
                    sum.Charges,
                    sum.Nanos
                ))
                .Concat(
                    tokens.SelectMany(sum =>
                        LineItems
                            .Of(sum)
                            .Select(line => new CostLine(
                                DayOf(sum.StartMs),
                                sum.Project!,
                                line.Item,
                                line.Tokens,
                                line.Nanos
                            ))
                    )
                )
                .OrderBy(line => line.Day)
                .ThenBy(line => line.Project, StringComparer.Ordinal)
                .ThenBy(line => line.Item, StringComparer.Ordinal),
        ];
    }

    /// <inheritdoc />
    public IReadOnlyList<BudgetState> Budgets(string? project) => budgets.States(project);

    private static DateOnly DayOf(long startMs) =>
        DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(startMs).UtcDateTime);
}
