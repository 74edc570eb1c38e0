using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Ledger.Usage;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Ledger.Rollup;

/// <summary>
/// Adds new entries of the ledger to its buckets. It runs beside the runs' own writes, which stay small: an entry is
/// one insert, and is seen at once because readers add what the buckets do not hold yet.
/// </summary>
/// <remarks>
/// It goes by the order of insertion. That is the order of commits too, since one writer makes them all; a store with
/// several writers has to hold them off here.
/// </remarks>
internal sealed class CostRollup(IStore store)
{
    /// <summary>Entries in one transaction: it holds up the runs' writes meanwhile.</summary>
    private const int Most = 5000;

    /// <summary>Adds what there is, in several transactions when it is much.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await HasMoreAsync(cancellationToken))
        {
            await store.WriteAsync(FoldAsync, cancellationToken);
        }
    }

    private Task<bool> HasMoreAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(
            async (context, cancellation) =>
            {
                var done = await context.Rollups.FirstOrDefaultAsync(cancellation);
                var (charges, uses) = (done?.SessionChargeSeq ?? 0, done?.TokenUseSeq ?? 0);
                return await context.SessionCharges.AnyAsync(row => row.Seq > charges, cancellation)
                    || await context.TokenUses.AnyAsync(row => row.Seq > uses, cancellation);
            },
            cancellationToken
        );

    private static async Task<bool> FoldAsync(StoreContext context, CancellationToken cancellationToken)
    {
        // 1. How far it goes.
        var done = await context.Rollups.FirstOrDefaultAsync(cancellationToken);
        if (done is null)
        {
            done = new RollupEntity();
            context.Rollups.Add(done);
        }

        var (charge, use) = (done.SessionChargeSeq, done.TokenUseSeq);
        done.SessionChargeSeq = await LastAsync(
            context.SessionCharges.Select(row => row.Seq),
            charge,
            cancellationToken
        );
        done.TokenUseSeq = await LastAsync(context.TokenUses.Select(row => row.Seq), use, cancellationToken);

        // 2. The sums, by each width.
        foreach (var width in UsageRange.Widths)
        {
            await AddChargesAsync(context, width, charge, done.SessionChargeSeq, cancellationToken);
            await AddUsesAsync(context, width, use, done.TokenUseSeq, cancellationToken);
        }

        await context.SaveChangesAsync(cancellationToken);
        return true;
    }

    private static async Task<long> LastAsync(IQueryable<long> seqs, long done, CancellationToken cancellationToken) =>
        await seqs.Where(seq => seq > done)
            .OrderBy(seq => seq)
            .Take(Most)
            .MaxAsync(seq => (long?)seq, cancellationToken)
        ?? done;

    private static Task<int> AddChargesAsync(
        StoreContext context,
        long width,
        long after,
        long last,
        CancellationToken cancellationToken
    ) =>
        context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "SessionBuckets" ("WidthMs", "StartMs", "Project", "Sessions", "Charges", "Nanos")
            SELECT {width}, "AtMs" / {width} * {width}, "Project", SUM("Sessions"),
                SUM(CASE WHEN "Revision" % 2 = 0 THEN 1 ELSE -1 END), SUM("Nanos")
            FROM "SessionCharges" WHERE "Seq" > {after} AND "Seq" <= {last} GROUP BY 2, 3
            ON CONFLICT ("WidthMs", "StartMs", "Project") DO UPDATE SET
                "Sessions" = "SessionBuckets"."Sessions" + excluded."Sessions",
                "Charges" = "SessionBuckets"."Charges" + excluded."Charges",
                "Nanos" = "SessionBuckets"."Nanos" + excluded."Nanos"
            """,
            cancellationToken
        );

    private static Task<int> AddUsesAsync(
        StoreContext context,
        long width,
        long after,
        long last,
        CancellationToken cancellationToken
    ) =>
        context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "TokenBuckets" ("WidthMs", "StartMs", "Project", "Model", "Requests", "Unpriced", "Input",
                "CachedInput", "Output", "InputNanos", "CachedInputNanos", "OutputNanos")
            SELECT {width}, "AtMs" / {width} * {width}, "Project", "Model", COUNT(*),
                SUM(CASE WHEN "OutputNanos" IS NULL THEN 1 ELSE 0 END), SUM("Input"), SUM("CachedInput"),
                SUM("Output"), SUM(COALESCE("InputNanos", 0)), SUM(COALESCE("CachedInputNanos", 0)),
                SUM(COALESCE("OutputNanos", 0))
            FROM "TokenUses" WHERE "Seq" > {after} AND "Seq" <= {last} GROUP BY 2, 3, 4
            ON CONFLICT ("WidthMs", "StartMs", "Project", "Model") DO UPDATE SET
                "Requests" = "TokenBuckets"."Requests" + excluded."Requests",
                "Unpriced" = "TokenBuckets"."Unpriced" + excluded."Unpriced",
                "Input" = "TokenBuckets"."Input" + excluded."Input",
                "CachedInput" = "TokenBuckets"."CachedInput" + excluded."CachedInput",
                "Output" = "TokenBuckets"."Output" + excluded."Output",
                "InputNanos" = "TokenBuckets"."InputNanos" + excluded."InputNanos",
                "CachedInputNanos" = "TokenBuckets"."CachedInputNanos" + excluded."CachedInputNanos",
                "OutputNanos" = "TokenBuckets"."OutputNanos" + excluded."OutputNanos"
            """,
            cancellationToken
        );
}
