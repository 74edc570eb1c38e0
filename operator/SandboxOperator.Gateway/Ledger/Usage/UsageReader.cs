using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Ledger.Usage;

/// <summary>
/// Sums of the ledger: its buckets, and the entries that are not in them yet. Each sum is one statement, so that no
/// entry is missed or counted twice while the rollup moves it from one to the other.
/// </summary>
internal sealed class UsageReader(IStore store)
{
    /// <summary>Sessions by bucket; buckets without any are left out.</summary>
    public async Task<IReadOnlyList<SessionSum>> SessionsAsync(
        UsageRange range,
        UsageFilter filter,
        CancellationToken cancellationToken
    )
    {
        var (from, to, width) = (range.FromMs, range.ToMs, range.WidthMs);
        return await store.ReadAsync(
            (context, cancellation) =>
            {
                var done = context.Rollups.Select(rollup => rollup.SessionChargeSeq);
                var buckets = context
                    .SessionBuckets.Where(row => row.WidthMs == width && row.StartMs >= from && row.StartMs < to)
                    .Select(row => new
                    {
                        row.StartMs,
                        row.Project,
                        row.Sessions,
                        row.Charges,
                        row.Nanos,
                    });
                var entries = context
                    .SessionCharges.Where(row => row.Seq > done.FirstOrDefault() && row.AtMs >= from && row.AtMs < to)
                    .Select(row => new
                    {
                        StartMs = row.AtMs / width * width,
                        row.Project,
                        Sessions = (long)row.Sessions,
                        Charges = row.Revision % 2 == 0 ? 1L : -1L,
                        row.Nanos,
                    });
                var all = buckets.Concat(entries);
                if (filter.Projects is { } projects)
                {
                    all = all.Where(row => projects.Contains(row.Project));
                }

                var (byProject, none) = (filter.ByProject, (string?)null);
                return all.GroupBy(row => new { row.StartMs, Project = byProject ? row.Project : none })
                    .Select(group => new SessionSum(
                        group.Key.StartMs,
                        group.Key.Project,
                        group.Sum(row => row.Sessions),
                        group.Sum(row => row.Charges),
                        group.Sum(row => row.Nanos)
                    ))
                    .ToListAsync(cancellation);
            },
            cancellationToken
        );
    }

    /// <summary>Tokens by bucket; buckets without any are left out.</summary>
    public async Task<IReadOnlyList<TokenSum>> TokensAsync(
        UsageRange range,
        UsageFilter filter,
        CancellationToken cancellationToken
    )
    {
        var (from, to, width) = (range.FromMs, range.ToMs, range.WidthMs);
        return await store.ReadAsync(
            (context, cancellation) =>
            {
                var done = context.Rollups.Select(rollup => rollup.TokenUseSeq);
                var buckets = context
                    .TokenBuckets.Where(row => row.WidthMs == width && row.StartMs >= from && row.StartMs < to)
                    .Select(row => new
                    {
                        row.StartMs,
                        row.Project,
                        row.Model,
                        row.Requests,
                        row.Unpriced,
                        row.Input,
                        row.CachedInput,
                        row.Output,
                        row.InputNanos,
                        row.CachedInputNanos,
                        row.OutputNanos,
                    });
                var entries = context
                    .TokenUses.Where(row => row.Seq > done.FirstOrDefault() && row.AtMs >= from && row.AtMs < to)
                    .Select(row => new
                    {
                        StartMs = row.AtMs / width * width,
                        row.Project,
                        row.Model,
                        Requests = 1L,
                        Unpriced = row.OutputNanos == null ? 1L : 0L,
                        row.Input,
                        row.CachedInput,
                        row.Output,
                        InputNanos = row.InputNanos ?? 0L,
                        CachedInputNanos = row.CachedInputNanos ?? 0L,
                        OutputNanos = row.OutputNanos ?? 0L,
                    });
                var all = buckets.Concat(entries);
                if (filter.Projects is { } projects)
                {
                    all = all.Where(row => projects.Contains(row.Project));
                }

                if (filter.Models is { } models)
                {
                    all = all.Where(row => models.Contains(row.Model));
                }

                var (byProject, byModel, none) = (filter.ByProject, filter.ByModel, (string?)null);
                return all.GroupBy(row => new
                    {
                        row.StartMs,
                        Project = byProject ? row.Project : none,
                        Model = byModel ? row.Model : none,
                    })
                    .Select(group => new TokenSum(
                        group.Key.StartMs,
                        group.Key.Project,
                        group.Key.Model,
                        group.Sum(row => row.Requests),
                        group.Sum(row => row.Unpriced),
                        group.Sum(row => row.Input),
                        group.Sum(row => row.CachedInput),
                        group.Sum(row => row.Output),
                        group.Sum(row => row.InputNanos),
                        group.Sum(row => row.CachedInputNanos),
                        group.Sum(row => row.OutputNanos)
                    ))
                    .ToListAsync(cancellation);
            },
            cancellationToken
        );
    }

    /// <summary>Nano-dollars of sessions and tokens over a range.</summary>
    public async Task<long> NanosAsync(UsageRange range, string? project, CancellationToken cancellationToken)
    {
        var filter = new UsageFilter(project is null ? null : [project]);
        var sessions = await SessionsAsync(range, filter, cancellationToken);
        var tokens = await TokensAsync(range, filter, cancellationToken);
        return sessions.Sum(sum => sum.Nanos) + tokens.Sum(sum => sum.Nanos);
    }
}
