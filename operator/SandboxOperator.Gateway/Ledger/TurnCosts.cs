using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>What each turn of a run has cost.</summary>
internal static class TurnCosts
{
    /// <summary>Nano-dollars by the turn's index; null when its model has no price.</summary>
    public static async Task<IReadOnlyDictionary<int, long?>> ReadAsync(
        StoreContext context,
        string runId,
        CancellationToken cancellationToken
    ) =>
        await context
            .TokenUses.Where(row => row.RunId == runId)
            .ToDictionaryAsync(row => row.Turn, row => RunCost.Tokens([row]), cancellationToken);
}
