using System.Text.Json;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Chart;

/// <summary>The whole product on a real cluster, used from outside by an SDK that knows nothing of it.</summary>
public sealed class EndToEndTests(InstalledProduct chart) : IClassFixture<InstalledProduct>
{
    [Fact]
    public async Task An_unmodified_SDK_gets_numbers_and_charts()
    {
        await using var door = await PortForward.OpenAsync(chart.Namespace, "service/sandbox-gateway", 80);
        foreach (var answer in await AskAsync(door, threads: 2))
        {
            answer.GetProperty("status").GetString().ShouldBe("completed", answer.ToString());
            answer.GetProperty("text").GetString()!.ShouldContain("sold 4");
            answer.GetProperty("pictures").GetArrayLength().ShouldBe(1);
            answer.GetProperty("pictures")[0].GetInt32().ShouldBeGreaterThan(1000);
        }
    }

    /// <summary>Asks from outside with the npm <c>openai</c> client.</summary>
    private static async Task<IReadOnlyList<JsonElement>> AskAsync(PortForward door, int threads)
    {
        var folder = Path.Combine(Checkout.Root, "tests", "Clients", "node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openai")))
        {
            var arguments = new[] { "--prefix", folder, "ci", "--no-progress", "--loglevel=error" };
            (await Command.RunAsync("npm", arguments, input: null, TimeSpan.FromMinutes(3))).Status.ShouldBe(0);
        }

        var (status, output, error) = await Command.RunAsync(
            "env",
            [
                $"OPENAI_BASE_URL={door.Address}v1",
                $"OPENAI_API_KEY={InstalledChart.ApiKey}",
                "node",
                Path.Combine(folder, "ask.mjs"),
                $"{threads}",
            ],
            input: null,
            TimeSpan.FromMinutes(3)
        );
        status.ShouldBe(0, error);
        return JsonSerializer.Deserialize<List<JsonElement>>(output)!;
    }
}
