using Microsoft.Extensions.Logging.Abstractions;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.Ledger.Rollup;
using SandboxOperator.Gateway.Ledger.Usage;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Store.Sqlite;

namespace SandboxOperator.Gateway.Tests.Ledger;

/// <summary>A store of its own with what reads and writes the ledger in it.</summary>
internal sealed class LedgerStore : IAsyncDisposable
{
    /// <summary>What a period of a session costs here.</summary>
    public const long Price = 30_000_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("ledger-").FullName;

    private LedgerStore() =>
        Store = new SqliteStore(
            Path.Combine(_directory, "store.db"),
            TimeProvider.System,
            NullLogger<SqliteStore>.Instance
        );

    public SqliteStore Store { get; }

    public UsageReader Usage => new(Store);

    public static async Task<LedgerStore> OpenAsync()
    {
        var store = new LedgerStore();
        await store.Store.OpenAsync(CancellationToken.None);
        return store;
    }

    public Task RollUpAsync() => new CostRollup(Store).RunAsync(CancellationToken.None);

    /// <summary>Charges a period of a session for a call.</summary>
    /// <param name="session">The thread.</param>
    /// <param name="period">Which period.</param>
    /// <param name="call">The call.</param>
    /// <param name="atMs">When.</param>
    /// <param name="dies">Whether the process dies before the commit.</param>
    public async Task<bool> ChargeAsync(int session, int period, string call, long atMs, bool dies = false)
    {
        try
        {
            return await Store.WriteAsync(
                async (context, token) =>
                {
                    var added = await ChargeRows.AddAsync(
                        context,
                        new SessionChargeEntity
                        {
                            Project = session % 2 == 0 ? "even" : "odd",
                            ThreadId = $"thread_{session}",
                            Ordinal = 1,
                            Period = period,
                            RunId = "run",
                            CallId = call,
                            AtMs = atMs,
                            Sessions = period == 0 ? 1 : 0,
                            Nanos = Price,
                        },
                        token
                    );
                    return dies ? throw new TimeoutException("killed") : added;
                },
                CancellationToken.None
            );
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Takes back what a call has caused.</summary>
    public Task TakeBackAsync(int session, string call) =>
        Store.WriteAsync(
            async (context, token) =>
            {
                await ChargeRows.TakeBackAsync(context, $"thread_{session}", 1, call, token);
                return true;
            },
            CancellationToken.None
        );

    /// <summary>All that was charged, day by day and project by project.</summary>
    public Task<IReadOnlyList<SessionSum>> SumsAsync(long widthMs = UsageRange.Day) =>
        Usage.SessionsAsync(
            UsageRange.Around(0, 400 * UsageRange.Day, widthMs),
            new UsageFilter(ByProject: true),
            CancellationToken.None
        );

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
