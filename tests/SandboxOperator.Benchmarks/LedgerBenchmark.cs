using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.Ledger.Rollup;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Store.Sqlite;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Benchmarks;

/// <summary>What the ledger costs a run, and how quickly a bill of many sessions is read.</summary>
internal sealed class LedgerBenchmark : IBenchmark
{
    private const int Sessions = 1_000_000;
    private const int Runs = 60;
    private const int Rounds = 20;
    private const long DayMs = 86_400_000;

    /// <summary>2026-10-01; the sessions are of the 30 days after it.</summary>
    private const long StartMs = 1_790_812_800_000;

    /// <summary>Two models of twenty projects, two turns a session.</summary>
    private static readonly string[] Questions =
    [
        "costs?limit=31&group_by=project_id&group_by=line_item",
        "usage/code_interpreter_sessions?limit=31&group_by=project_id",
        "usage/code_interpreter_sessions?limit=1440&bucket_width=1m",
        "usage/completions?limit=168&bucket_width=1h&group_by=model&group_by=project_id",
    ];

    public string Name => "ledger";

    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken)
    {
        var entries = await EntriesAsync(cancellationToken);
        var run = await RunsAsync(cancellationToken);
        var query = await QueryAsync(cancellationToken);
        return
        [
            new Row(
                "the ledger's share of a run: entries of two turns and a new session, in transactions that are there anyway",
                entries.Show("ms"),
                $"a run with one call: {run.Show("ms")}",
                "≤ 0.05 ×, with tracing",
                entries.Median / run.Median,
                0.05
            ),
            new Row(
                $"a page of usage or costs over {Sessions} sessions and {2 * Sessions} turns, the slowest of {Questions.Length} kinds",
                query.Show("ms"),
                "",
                "≤ 200 ms",
                query.Median,
                200
            ),
        ];
    }

    /// <summary>The time that a run's entries take inside transactions.</summary>
    private static async Task<Sample> EntriesAsync(CancellationToken cancellationToken)
    {
        const int warmup = 50;
        var folder = Directory.CreateTempSubdirectory("sandbox-bench-ledger-").FullName;
        try
        {
            await using var store = await OpenAsync(folder, cancellationToken);
            var took = new List<double>();
            for (var round = 0; round < warmup + 200; round++)
            {
                var number = round;
                var milliseconds = await store.WriteAsync(
                    async (context, token) =>
                    {
                        var began = Stopwatch.GetTimestamp();
                        await AddAsync(context, number, token);
                        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                    },
                    cancellationToken
                );
                if (round >= warmup)
                {
                    took.Add(milliseconds);
                }
            }

            return new Sample(took);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task AddAsync(StoreContext context, int number, CancellationToken cancellationToken)
    {
        await ChargeRows.AddAsync(
            context,
            new SessionChargeEntity
            {
                Project = "default",
                ThreadId = $"thread_{number}",
                Ordinal = 1,
                RunId = $"run_{number}",
                CallId = $"call_{number}",
                AtMs = StartMs,
                Sessions = 1,
                Nanos = 30_000_000,
            },
            cancellationToken
        );
        for (var turn = 0; turn < 2; turn++)
        {
            context.TokenUses.Add(
                new TokenUseEntity
                {
                    Project = "default",
                    RunId = $"run_{number}",
                    Turn = turn,
                    Model = "model",
                    AtMs = StartMs,
                }
            );
            await context.SaveChangesAsync(cancellationToken);
        }
    }

    /// <summary>The time of runs in new threads, each with a call.</summary>
    private static async Task<Sample> RunsAsync(CancellationToken cancellationToken)
    {
        await using var upstream = await ScriptedUpstreamServer.StartAsync();
        upstream.When(
            "^compute",
            new ScriptedTurn { ToolCalls = [new ScriptedToolCall { Python = "print(1+1)" }] },
            new ScriptedTurn { Text = "It is 2." }
        );
        await using var gateway = await GatewayProcess.StartAsync(upstream.BaseUrl, null, cancellationToken);
        var api = new AssistantsApi(gateway.Client);
        var assistant = await api.CreateAssistantAsync(cancellationToken);
        var thread = await api.CreateThreadAsync(null, cancellationToken);
        var took = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            await api.AddMessageAsync(thread, "compute", cancellationToken);
            var began = Stopwatch.GetTimestamp();
            await api.RunAsync(thread, assistant, cancellationToken);
            if (run >= Runs / 3)
            {
                took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        return new Sample(took);
    }

    /// <summary>The time of the slowest question, over HTTP.</summary>
    private static async Task<Sample> QueryAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-bench-ledger-").FullName;
        try
        {
            await FillAsync(folder, cancellationToken);
            await using var gateway = await GatewayProcess.StartAsync("", null, cancellationToken, folder);
            Sample? slowest = null;
            foreach (var question in Questions)
            {
                var path =
                    $"organization/{question}&start_time={StartMs / 1000}&end_time={(StartMs + (30 * DayMs)) / 1000}";
                var took = new List<double>();
                for (var round = 0; round < Rounds; round++)
                {
                    var began = Stopwatch.GetTimestamp();
                    using var answer = await gateway.Client.GetAsync(path, cancellationToken);
                    answer.EnsureSuccessStatusCode();
                    await answer.Content.ReadAsByteArrayAsync(cancellationToken);
                    took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }

                var sample = new Sample(took);
                Console.Error.WriteLine($"{question}: {sample.Show("ms")}");
                slowest = slowest is null || slowest.Median < sample.Median ? sample : slowest;
            }

            return slowest!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes the entries of a month, and sums them up as a gateway does once a minute.</summary>
    private static async Task FillAsync(string folder, CancellationToken cancellationToken)
    {
        await using var store = await OpenAsync(folder, cancellationToken);
        var step = 30 * DayMs / Sessions;
        await store.WriteAsync(
            async (context, token) =>
            {
                await context.Database.ExecuteSqlAsync(
                    $"""
                    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {Sessions - 1})
                    INSERT INTO SessionCharges
                        (Project, ThreadId, Ordinal, Period, Revision, RunId, CallId, AtMs, Sessions, Nanos)
                    SELECT 'project-' || (i % 20), 'thread_' || i, 1, 0, 0, 'run_' || i, 'call_' || i,
                        {StartMs} + i * {step}, 1, 30000000 FROM n
                    """,
                    token
                );
                return await context.Database.ExecuteSqlAsync(
                    $"""
                    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {(2 * Sessions) - 1})
                    INSERT INTO TokenUses (Project, RunId, Turn, Model, AtMs, Input, CachedInput, Output, Estimated,
                        InputNanos, CachedInputNanos, OutputNanos)
                    SELECT 'project-' || (i / 2 % 20), 'run_' || (i / 2), i % 2, 'model-' || (i / 40 % 2),
                        {StartMs} + i / 2 * {step}, 1000, 100, 50, 0, 900000, 50000, 100000 FROM n
                    """,
                    token
                );
            },
            cancellationToken
        );
        await new CostRollup(store).RunAsync(cancellationToken);
    }

    private static async Task<SqliteStore> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        var store = new SqliteStore(
            Path.Combine(folder, "store.db"),
            TimeProvider.System,
            NullLogger<SqliteStore>.Instance
        );
        await store.OpenAsync(cancellationToken);
        return store;
    }
}
