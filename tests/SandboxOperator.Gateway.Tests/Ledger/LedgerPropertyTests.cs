using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Ledger.Usage;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Tests.Ledger;

/// <summary>Whatever happens to the entries, one stands for a session and period, and the sums are theirs.</summary>
public sealed class LedgerPropertyTests
{
    private const int Sessions = 3;
    private const int Periods = 3;

    /// <summary>What may happen: calls in any order, again, refused, and the process killed before a commit.</summary>
    /// <param name="Session">Which session.</param>
    /// <param name="Period">Which period.</param>
    /// <param name="Call">Which of the period's calls.</param>
    /// <param name="What">0 to 4: charged, 5: killed, 6 and 7: refused, 8: rolled up.</param>
    public sealed record Happening(int Session, int Period, int Call, int What);

    [Property(MaxTest = 25, Arbitrary = [typeof(Happenings)])]
    public async Task One_entry_stands_for_a_session_and_period_and_the_sum_is_right(Happening[] happenings)
    {
        await using var ledger = await LedgerStore.OpenAsync();
        // What stands charged, and by which call, as anybody would keep it in mind.
        var standing = new Dictionary<(int Session, int Period), string>();
        foreach (var (session, period, number, what) in happenings)
        {
            var call = $"call_{session}_{period}_{number}";
            switch (what)
            {
                case <= 4:
                    var added = await ledger.ChargeAsync(session, period, call, AtMs(period));
                    added.ShouldBe(standing.TryAdd((session, period), call));
                    break;
                case 5:
                    await ledger.ChargeAsync(session, period, call, AtMs(period), dies: true);
                    break;
                case <= 7:
                    await ledger.TakeBackAsync(session, call);
                    if (standing.GetValueOrDefault((session, period)) == call)
                    {
                        standing.Remove((session, period));
                    }
                    break;
                default:
                    await ledger.RollUpAsync();
                    break;
            }
        }

        await CheckAsync(ledger, standing.Keys);
        await ledger.RollUpAsync();
        await CheckAsync(ledger, standing.Keys);
    }

    [Fact]
    public async Task Of_replicas_that_charge_at_once_one_does()
    {
        await using var ledger = await LedgerStore.OpenAsync();
        var added = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(i => ledger.ChargeAsync(i % 10, 0, $"call_{i}", AtMs(0)))
        );

        added.Count(was => was).ShouldBe(10);
        (await ledger.SumsAsync()).Sum(sum => sum.Nanos).ShouldBe(10 * LedgerStore.Price);
    }

    [Fact]
    public async Task Sums_stay_the_same_while_the_ledger_is_rolled_up()
    {
        await using var ledger = await LedgerStore.OpenAsync();
        await ledger.Store.WriteAsync(
            async (context, token) =>
            {
                context.TokenUses.AddRange(
                    Enumerable
                        .Range(0, 12_000)
                        .Select(i => new TokenUseEntity
                        {
                            Project = "p",
                            RunId = "run",
                            Turn = i,
                            Model = i % 3 == 0 ? "a" : "b",
                            AtMs = i * UsageRange.Minute,
                            Input = 10,
                            CachedInput = 4,
                            Output = 1,
                            InputNanos = i % 3 == 0 ? null : 5,
                            CachedInputNanos = i % 3 == 0 ? null : 3,
                            OutputNanos = i % 3 == 0 ? null : 2,
                        })
                );
                return await context.SaveChangesAsync(token);
            },
            CancellationToken.None
        );
        var rolling = ledger.RollUpAsync();
        do
        {
            foreach (var width in UsageRange.Widths)
            {
                var sums = await ledger.Usage.TokensAsync(
                    UsageRange.Around(0, 100 * UsageRange.Day, width),
                    new UsageFilter(ByModel: true),
                    CancellationToken.None
                );
                sums.Sum(sum => sum.Requests).ShouldBe(12_000);
                sums.Sum(sum => sum.Input).ShouldBe(120_000);
                sums.Sum(sum => sum.CachedInput).ShouldBe(48_000);
                sums.Sum(sum => sum.Nanos).ShouldBe(80_000);
                sums.Where(sum => sum.Model == "a").Sum(sum => sum.Unpriced).ShouldBe(4_000);
                sums.Where(sum => sum.Model == "b").Sum(sum => sum.Unpriced).ShouldBe(0);
            }
        } while (!rolling.IsCompleted);
        await rolling;
        (
            await ledger.Store.ReadAsync((context, token) => context.Rollups.SingleAsync(token), default)
        ).TokenUseSeq.ShouldBe(12_000);
    }

    private static async Task CheckAsync(LedgerStore ledger, IReadOnlyCollection<(int Session, int Period)> standing)
    {
        // 1. Of each session and period one entry stands, or none.
        var entries = await ledger.Store.ReadAsync(
            (context, token) => context.SessionCharges.ToListAsync(token),
            CancellationToken.None
        );
        entries
            .GroupBy(entry => (entry.ThreadId, entry.Period))
            .ShouldAllBe(same =>
                same.Sum(entry => entry.Nanos) == 0 || same.Sum(entry => entry.Nanos) == LedgerStore.Price
            );

        // 2. Sums are those of what stands, in buckets of every width.
        foreach (var width in UsageRange.Widths)
        {
            var sums = (await ledger.SumsAsync(width)).Where(sum => sum.Charges != 0).ToList();
            sums.Sum(sum => sum.Charges).ShouldBe(standing.Count);
            sums.Sum(sum => sum.Nanos).ShouldBe(standing.Count * LedgerStore.Price);
            sums.Sum(sum => sum.Sessions).ShouldBe(standing.Count(key => key.Period == 0));
            sums.Where(sum => sum.Project == "even")
                .Sum(sum => sum.Charges)
                .ShouldBe(standing.Count(key => key.Session % 2 == 0));
            sums.ShouldAllBe(sum => sum.StartMs % width == 0);
        }
    }

    /// <summary>A day for each period.</summary>
    private static long AtMs(int period) => (period * UsageRange.Day) + 1234;

    private static class Happenings
    {
        public static Arbitrary<Happening> Happening() =>
            (
                from session in Gen.Choose(0, Sessions - 1)
                from period in Gen.Choose(0, Periods - 1)
                from call in Gen.Choose(0, 2)
                from what in Gen.Choose(0, 8)
                select new Happening(session, period, call, what)
            ).ToArbitrary();
    }
}
