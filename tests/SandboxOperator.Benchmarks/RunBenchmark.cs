using System.Diagnostics;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Benchmarks;

/// <summary>Runs with one call through the gateway, over HTTP, with a model that answers at once.</summary>
internal sealed class RunBenchmark : IBenchmark
{
    private const int Threads = 8;
    private const int Warmup = 30;
    private const int Rounds = 150;
    private const int WarmupAThread = 20;
    private const int RunsAThread = 40;

    public string Name => "runs";

    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken)
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

        // The gateway is warm after the runs at once; one after the other they show what a single one takes.
        var (rate, latency) = await AtOnceAsync(api, assistant, cancellationToken);

        // A run's own share is what is left of it when its parts, measured alone in the same run, are taken away.
        var runs = await OneByOneAsync(api, assistant, cancellationToken);
        var model = await ModelAsync(upstream, cancellationToken);
        var own = runs.Median - model.Median;
        return
        [
            new Row(
                "gateway's own share of a run with one call, its call included",
                runs.Show("ms"),
                $"both model answers alone: {model.Show("ms")}",
                "≤ 15 ms p50",
                own,
                15
            ),
            new Row(
                $"runs with one call, streamed, {Threads} threads at once, after {Threads * WarmupAThread} to warm up",
                $"{rate:0.0} a second, each {latency.Show("ms")}",
                "",
                "≥ 50 a second",
                rate,
                50,
                HigherIsBetter: true
            ),
        ];
    }

    private static async Task<Sample> OneByOneAsync(
        AssistantsApi api,
        string assistant,
        CancellationToken cancellationToken
    )
    {
        var thread = await api.CreateThreadAsync(null, cancellationToken);
        var took = new List<double>();
        for (var round = 0; round < Warmup + Rounds; round++)
        {
            if (round % 25 == 0)
            {
                thread = await api.CreateThreadAsync(null, cancellationToken);
                await RunOnceAsync(api, thread, assistant, cancellationToken);
            }

            var milliseconds = await RunOnceAsync(api, thread, assistant, cancellationToken);
            if (round >= Warmup)
            {
                took.Add(milliseconds);
            }
        }

        return new Sample(took);
    }

    /// <summary>Both answers of the model, asked for directly.</summary>
    private static async Task<Sample> ModelAsync(ScriptedUpstreamServer upstream, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = upstream.Url };
        var took = new List<double>();
        for (var round = 0; round < Warmup + Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            await ChatRequests.AskAsync(client, ChatRequests.First, cancellationToken);
            await ChatRequests.AskAsync(client, ChatRequests.Second, cancellationToken);
            if (round >= Warmup)
            {
                took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        return new Sample(took);
    }

    private static async Task<(double Rate, Sample Latency)> AtOnceAsync(
        AssistantsApi api,
        string assistant,
        CancellationToken cancellationToken
    )
    {
        var threads = new List<string>();
        for (var index = 0; index < Threads; index++)
        {
            var thread = await api.CreateThreadAsync(null, cancellationToken);
            threads.Add(thread);
        }

        // What a gateway keeps up, not what it does in its first seconds: those are for the compiler.
        await ManyAsync(WarmupAThread);
        var began = Stopwatch.GetTimestamp();
        var all = await ManyAsync(RunsAThread);
        return (all.Count / Stopwatch.GetElapsedTime(began).TotalSeconds, new Sample(all));

        async Task<List<double>> ManyAsync(int runs)
        {
            var took = await Task.WhenAll(
                threads.Select(async thread =>
                {
                    var mine = new List<double>();
                    for (var run = 0; run < runs; run++)
                    {
                        mine.Add(await RunOnceAsync(api, thread, assistant, cancellationToken));
                    }

                    return mine;
                })
            );
            return [.. took.SelectMany(mine => mine)];
        }
    }

    private static async Task<double> RunOnceAsync(
        AssistantsApi api,
        string thread,
        string assistant,
        CancellationToken cancellationToken
    )
    {
        await api.AddMessageAsync(thread, "compute", cancellationToken);
        var began = Stopwatch.GetTimestamp();
        await api.RunAsync(thread, assistant, cancellationToken);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
