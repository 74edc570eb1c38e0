using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>Writes session charges, inside the caller's transaction. Doing the same again changes nothing.</summary>
internal static class ChargeRows
{
    /// <summary>Adds a charge unless its session and period are charged already.</summary>
    /// <returns>Whether it was added.</returns>
    public static async Task<bool> AddAsync(
        StoreContext context,
        SessionChargeEntity charge,
        CancellationToken cancellationToken
    ) =>
        // The number of entries of the period is the next revision, and even when nothing stands charged.
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "SessionCharges"
                ("Project", "ThreadId", "Ordinal", "Period", "Revision", "RunId", "CallId", "AtMs", "Sessions", "Nanos")
            SELECT {charge.Project}, {charge.ThreadId}, {charge.Ordinal}, {charge.Period}, COUNT(*), {charge.RunId},
                {charge.CallId}, {charge.AtMs}, {charge.Sessions}, {charge.Nanos}
            FROM "SessionCharges"
            WHERE "ThreadId" = {charge.ThreadId} AND "Ordinal" = {charge.Ordinal} AND "Period" = {charge.Period}
            HAVING COUNT(*) % 2 = 0
            ON CONFLICT DO NOTHING
            """,
            cancellationToken
        ) == 1;

    /// <summary>Takes back what a call caused to be charged: the sandbox did not take the call.</summary>
    public static async Task TakeBackAsync(
        StoreContext context,
        string threadId,
        int ordinal,
        string callId,
        CancellationToken cancellationToken
    )
    {
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "SessionCharges"
                ("Project", "ThreadId", "Ordinal", "Period", "Revision", "RunId", "CallId", "AtMs", "Sessions", "Nanos")
            SELECT "Project", "ThreadId", "Ordinal", "Period", "Revision" + 1, "RunId", "CallId", "AtMs", -"Sessions",
                -"Nanos"
            FROM "SessionCharges"
            WHERE "ThreadId" = {threadId} AND "Ordinal" = {ordinal} AND "CallId" = {callId} AND "Revision" % 2 = 0
            ON CONFLICT DO NOTHING
            """,
            cancellationToken
        );
        await context
            .Sessions.Where(session => session.ThreadId == threadId && session.Ordinal == ordinal)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.PaidPeriod, (int?)null), cancellationToken);
    }
}
