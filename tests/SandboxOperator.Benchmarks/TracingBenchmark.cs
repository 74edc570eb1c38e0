using System.Diagnostics;
using SandboxOperator.Testing.Otlp;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Benchmarks;

/// <summary>
/// What tracing adds to a run: the same runs through a gateway that exports spans with content, and one that does not, in
/// turn. The median is of the differences between neighbours, which what else the machine does touches alike.
/// </summary>
internal sealed class TracingBenchmark : IBenchmark
{
    private const int Warmup = 60;
    private const int Rounds = 300;
    private const int RunsAThread = 25;

    public string Name => "tracing";

    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken)
    {
        await using var upstream = await ScriptedUpstreamServer.StartAsync();
        upstream.When(
            "^compute",
            new ScriptedTurn { ToolCalls = [new ScriptedToolCall { Python = "print(1+1)" }] },
            new ScriptedTurn { Text = "It is 2." }
        );
        await using var receiver = await OtlpReceiver.StartAsync();
        var exporting = receiver
            .Settings.Append("Telemetry__CaptureContent=true")
            .Select(setting => setting.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        // As in production: spans travel together.
        exporting.Remove("OTEL_BSP_SCHEDULE_DELAY");
        await using var silent = await GatewayProcess.StartAsync(upstream.BaseUrl, null, cancellationToken);
        await using var traced = await GatewayProcess.StartAsync(upstream.BaseUrl, exporting, cancellationToken);
        var without = await Runner.StartAsync(silent, cancellationToken);
        var with = await Runner.StartAsync(traced, cancellationToken);
        for (var round = 0; round < Warmup + Rounds; round++)
        {
            // Each goes first as often as the other.
            var (first, second) = round % 2 == 0 ? (without, with) : (with, without);
            await first.RunAsync(round, cancellationToken);
            await second.RunAsync(round, cancellationToken);
        }

        var (plain, more) = (new Sample(without.Took), new Sample(with.Took));
        var added = new Sample(with.Took.Zip(without.Took, (traced, untraced) => traced - untraced));
        var share = added.Median / more.Median * 100;
        return
        [
            new Row(
                "share of a run with one call that tracing takes, with content and exporter",
                $"{Math.Max(0, share):0.0} %: {more.Show("ms")}, {with.ProcessorMilliseconds:0.0} ms of processor",
                $"without: {plain.Show("ms")}, {without.ProcessorMilliseconds:0.0} ms of processor",
                "≤ 5 %",
                Math.Max(0, share),
                5
            ),
        ];
    }

    private sealed class Runner(GatewayProcess gateway, AssistantsApi api, string assistant)
    {
        private string _thread = "";
        private TimeSpan _before;

        public List<double> Took { get; } = [];

        /// <summary>Of the gateway, for each measured run.</summary>
        public double ProcessorMilliseconds => (gateway.Processor - _before).TotalMilliseconds / Took.Count;

        public static async Task<Runner> StartAsync(GatewayProcess gateway, CancellationToken cancellationToken)
        {
            var api = new AssistantsApi(gateway.Client);
            return new Runner(gateway, api, await api.CreateAssistantAsync(cancellationToken));
        }

        public async Task RunAsync(int round, CancellationToken cancellationToken)
        {
            if (round == Warmup)
            {
                _before = gateway.Processor;
            }

            if (round % RunsAThread == 0)
            {
                _thread = await api.CreateThreadAsync(null, cancellationToken);
                await OnceAsync(cancellationToken);
            }

            var milliseconds = await OnceAsync(cancellationToken);
            if (round >= Warmup)
            {
                Took.Add(milliseconds);
            }
        }

        private async Task<double> OnceAsync(CancellationToken cancellationToken)
        {
            await api.AddMessageAsync(_thread, "compute", cancellationToken);
            var began = Stopwatch.GetTimestamp();
            await api.RunAsync(_thread, assistant, cancellationToken);
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
    }
}
