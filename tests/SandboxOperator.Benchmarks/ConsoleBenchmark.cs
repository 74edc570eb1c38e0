using System.Diagnostics;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Benchmarks;

/// <summary>The console's page of a run with two hundred steps: from the request to its first content, and to its end.</summary>
internal sealed class ConsoleBenchmark : IBenchmark
{
    private const int Steps = 200;
    private const int Warmup = 5;
    private const int Rounds = 40;

    private const string Code = """
        import pandas as pd
        table = pd.DataFrame({"x": range(20), "y": [i * i for i in range(20)]})
        print(table.to_string())
        """;

    public string Name => "console";

    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken)
    {
        await using var upstream = await ScriptedUpstreamServer.StartAsync();
        upstream.When(
            "^compute",
            [
                .. Enumerable
                    .Range(1, Steps - 1)
                    .Select(number => new ScriptedTurn
                    {
                        ToolCalls = [new ScriptedToolCall { Python = $"{Code}print({number})" }],
                        ChunkSize = 1000,
                    }),
                new ScriptedTurn { Text = "Done." },
            ]
        );
        await using var gateway = await GatewayProcess.StartAsync(
            upstream.BaseUrl,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["Runs__MaxTurns"] = "300" },
            cancellationToken
        );
        var api = new AssistantsApi(gateway.Client);
        var assistant = await api.CreateAssistantAsync(cancellationToken);
        var thread = await api.CreateThreadAsync(null, cancellationToken);
        await api.AddMessageAsync(thread, "compute", cancellationToken);
        await api.RunAsync(thread, assistant, cancellationToken);
        var page = await PageOfNewestRunAsync(gateway.Client, cancellationToken);

        var first = new List<double>();
        var whole = new List<double>();
        long bytes = 0;
        for (var round = 0; round < Warmup + Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            using var response = await gateway.Client.GetAsync(
                page,
                HttpCompletionOption.ResponseHeadersRead,
                cancellationToken
            );
            response.EnsureSuccessStatusCode();
            await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[64 * 1024];
            bytes = await content.ReadAsync(buffer, cancellationToken);
            var firstMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0; )
            {
                bytes += read;
            }

            if (round >= Warmup)
            {
                first.Add(firstMs);
                whole.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        var sample = new Sample(first);
        return
        [
            new Row(
                $"console's page of a run with {Steps} steps, to its first content",
                sample.Show("ms"),
                $"the whole page, {bytes / 1024} KiB: {new Sample(whole).Show("ms")}",
                "≤ 300 ms p50",
                sample.Median,
                300
            ),
        ];
    }

    private static async Task<Uri> PageOfNewestRunAsync(HttpClient client, CancellationToken cancellationToken)
    {
        const string mark = "/console/runs/";
        var console = new Uri(client.BaseAddress!, "/console");
        var list = await client.GetStringAsync(console, cancellationToken);
        var start = list.IndexOf(mark, StringComparison.Ordinal);
        return new Uri(console, list[start..list.IndexOf('"', start)]);
    }
}
