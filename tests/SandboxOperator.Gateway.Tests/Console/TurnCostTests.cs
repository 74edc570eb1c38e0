using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class TurnCostTests
{
    [Fact]
    public async Task Each_turn_of_a_run_s_page_shows_its_dollars_beside_its_tokens()
    {
        var page = await PageAsync("Prices:Models:scripted-model:Input=1", "Prices:Models:scripted-model:Output=10");

        Between(page, "Call 1", "Python").ShouldContain("$0.0012");
        Between(page, "aria-label=\"Message\"", "class=\"prose markdown\"").ShouldContain("$0.25");
        page.ShouldNotContain("no price");
    }

    [Fact]
    public async Task Turns_of_a_model_without_a_price_say_so()
    {
        var page = await PageAsync();

        Between(page, "Call 1", "Python").ShouldContain("no price");
        Between(page, "aria-label=\"Message\"", "class=\"prose markdown\"").ShouldContain("no price");
    }

    private static async Task<string> PageAsync(params string[] settings)
    {
        await using var fixture = await RunFixture.StartAsync(settings: settings);
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("print(1)") with
            {
                Usage = Usage(200, 100),
            },
            ScriptedTurn.Say("It is one.") with
            {
                Usage = Usage(50_000, 20_000),
            }
        );
        var run = await fixture.CompleteAsync(await fixture.ThreadAsync(), await fixture.AssistantAsync());
        return await fixture.Gateway.Client.GetStringAsync($"/console/runs/{run["id"]}");
    }

    private static JsonObject Usage(int read, int written) =>
        new() { ["prompt_tokens"] = read, ["completion_tokens"] = written };

    private static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal);
        from.ShouldBeGreaterThanOrEqualTo(0, start);
        return text[from..text.IndexOf(end, from + start.Length, StringComparison.Ordinal)];
    }
}
