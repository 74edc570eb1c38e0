using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Gateway.Tests.Ledger;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Forwarding;

public sealed class ForwardedCostTests
{
    private const string Chat = "/v1/chat/completions";
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_055_800));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tokens_that_the_upstream_reports_are_entries_of_the_project(bool streams)
    {
        await using var fixture = await StartAsync();
        fixture.Upstream.Enqueue(new ScriptedTurn { Text = "Hello there.", Usage = Usage(600_000, 100_000) });

        var answer = await AskAsync(
            fixture,
            streams ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : ""
        );

        answer.ShouldContain("100000");
        await BillIsAsync(fixture, 1.6m);
        var used = (
            await Bill.ResultsAsync(fixture.Gateway, "usage/completions", "&group_by[]=model&group_by[]=project_id")
        ).Single();
        ((string?)used["model"]).ShouldBe("scripted-model");
        ((string?)used["project_id"]).ShouldBe("default");
        ((long)used["input_tokens"]!).ShouldBe(600_000);
        ((long)used["output_tokens"]!).ShouldBe(100_000);
        ((long)used["num_model_requests"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Embeddings_are_entries_too()
    {
        await using var fixture = await StartAsync();

        await fixture.Gateway.PostAsync("/v1/embeddings", """{"model":"gpt-4o","input":"some words"}""");

        await UsedAsync(fixture, used => (long)used["input_tokens"]! > 0 && (string?)used["model"] == "scripted-model");
    }

    [Fact]
    public async Task An_answer_without_a_report_is_counted_and_not_guessed()
    {
        await using var fixture = await StartAsync();
        fixture.Upstream.Enqueue(ScriptedTurn.Say("Hello."));
        var before = await UnreportedAsync(fixture);

        await AskAsync(fixture, ",\"stream\":true");

        await Wait.UntilAsync(() => UnreportedAsync(fixture).GetAwaiter().GetResult() > before);
        (await Bill.ResultsAsync(fixture.Gateway, "usage/completions")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_an_answer_that_breaks_off_what_was_reported_stands()
    {
        await using var fixture = await StartAsync();
        fixture.Upstream.Enqueue(
            new ScriptedTurn
            {
                Raw =
                [
                    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":500000,\"completion_tokens\":1}}\n\n",
                    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":500000,\"completion_tokens\":50000}}\n\nda",
                ],
                Fault = new ScriptedFault { CutAfter = 1, Times = 0 },
            }
        );

        await Should.ThrowAsync<HttpRequestException>(() => AskAsync(fixture, ",\"stream\":true"));

        await BillIsAsync(fixture, 1m);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":-1000000,"completion_tokens":-5}""", 0, 1)]
    [InlineData("""{"prompt_tokens":9000000000000000000}""", 1000, 1)]
    [InlineData("""{"prompt_tokens":"1000000","completion_tokens":{}}""", 0, 0)]
    [InlineData("""[1000000]""", 0, 0)]
    public async Task No_number_of_the_upstream_s_gives_money_back_or_breaks_an_answer(
        string usage,
        int dollars,
        int requests
    )
    {
        await using var fixture = await StartAsync();
        var answer = $$"""{"choices":[],"usage":{{usage}}}""";
        fixture.Upstream.Enqueue(
            new ScriptedTurn { Raw = [answer], RawContentType = "application/json" },
            new ScriptedTurn { Text = "Hello.", Usage = Usage(1_000_000, 0) }
        );

        // A stream is what the script writes raw.
        (await AskAsync(fixture, ",\"stream\":true")).ShouldBe(answer);
        await AskAsync(fixture, "");

        await BillIsAsync(fixture, dollars + 1m);
        await UsedAsync(fixture, used => (long)used["num_model_requests"]! == requests + 1);
    }

    [Fact]
    public async Task With_nothing_left_a_request_is_refused_and_the_upstream_not_asked()
    {
        await using var fixture = await StartAsync("Budgets:0:Project=default", "Budgets:0:Dollars=1");
        fixture.Upstream.Enqueue(
            new ScriptedTurn { Text = "Hello.", Usage = Usage(1_000_000, 1) },
            ScriptedTurn.Say("Never said.")
        );
        await AskAsync(fixture, "");
        await Wait.UntilAsync(() => DollarsAsync(fixture).GetAwaiter().GetResult() > 1m);

        foreach (var path in (string[])["chat/completions", "embeddings", "images/generations"])
        {
            using var refused = await fixture.Gateway.Client.PostAsync(
                $"/v1/{path}",
                new StringContent("""{"model":"gpt-4o"}""", Encoding.UTF8, "application/json")
            );

            ((int)refused.StatusCode).ShouldBe(429);
            refused.Headers.GetValues("x-should-retry").ShouldBe(["false"]);
            var error = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!;
            ((string?)error["code"]).ShouldBe("insufficient_quota");
        }

        fixture.Upstream.ChatRequests.Count.ShouldBe(1);
    }

    private static JsonObject Usage(int read, int written) =>
        new()
        {
            ["prompt_tokens"] = read,
            ["completion_tokens"] = written,
            ["total_tokens"] = read + written,
        };

    private Task<RunFixture> StartAsync(params string[] settings) =>
        RunFixture.StartAsync(
            _time,
            [
                "Prices:Models:scripted-model:Input=1",
                "Prices:Models:scripted-model:Output=10",
                "Runs:PollSeconds=25",
                .. settings,
            ]
        );

    private static async Task<string> AskAsync(RunFixture fixture, string more)
    {
        using var response = await fixture.Gateway.Client.PostAsync(
            Chat,
            new StringContent(
                $$"""{"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]{{more}}}""",
                Encoding.UTF8,
                "application/json"
            )
        );
        ((int)response.StatusCode).ShouldBe(200);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>The ledger learns of an answer right after the caller.</summary>
    private static Task BillIsAsync(RunFixture fixture, decimal dollars) =>
        Wait.UntilAsync(() => DollarsAsync(fixture).GetAwaiter().GetResult() == dollars);

    private static Task<decimal> DollarsAsync(RunFixture fixture) => Bill.DollarsAsync(fixture.Gateway);

    private static Task UsedAsync(RunFixture fixture, Func<JsonObject, bool> condition) =>
        Wait.UntilAsync(() =>
            Bill.ResultsAsync(fixture.Gateway, "usage/completions", "&group_by=model")
                .GetAwaiter()
                .GetResult()
                .Any(condition)
        );

    private static async Task<double> UnreportedAsync(RunFixture fixture) =>
        (await fixture.Gateway.Client.GetStringAsync("/metrics"))
            .Split('\n')
            .Where(line =>
                line.StartsWith(
                    "sandbox_unreported_requests_total{path=\"chat/completions\"}",
                    StringComparison.Ordinal
                )
            )
            .Sum(line =>
                double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture)
            );
}
