using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Ledger;

public sealed class TokenCostTests
{
    private static readonly JsonObject Usage = new()
    {
        ["prompt_tokens"] = 1_000_000,
        ["completion_tokens"] = 100_000,
        ["total_tokens"] = 1_100_000,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 400_000 },
    };

    [Fact]
    public async Task A_turn_costs_what_the_table_says_of_the_model_that_answers()
    {
        await using var fixture = await RunFixture.StartAsync(
            settings:
            [
                "Prices:Models:scripted-model:Input=2.5",
                "Prices:Models:scripted-model:CachedInput=1.25",
                "Prices:Models:scripted-model:Output=10",
            ]
        );
        fixture.Upstream.Enqueue(new ScriptedTurn { Text = "Hello.", Usage = (JsonObject)Usage.DeepClone() });

        var run = await fixture.CompleteAsync(await fixture.ThreadAsync(), await fixture.AssistantAsync());

        // 0.6 million at 2.5, 0.4 at 1.25, 0.1 at 10.
        ((decimal)run["sandbox"]!["token_cost"]!).ShouldBe(3m);
        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(3m);
        (await Bill.ResultsAsync(fixture.Gateway, "costs", "&group_by[]=line_item&group_by[]=project_id"))
            .Select(line =>
                (
                    (string?)line["line_item"],
                    (decimal)line["amount"]!["value"]!,
                    (long)line["quantity"]!,
                    (string?)line["quantity_unit"],
                    (string?)line["project_id"]
                )
            )
            .ShouldBe([
                ("scripted-model, cached input", 0.5m, 400_000, "tokens", "default"),
                ("scripted-model, input", 1.5m, 600_000, "tokens", "default"),
                ("scripted-model, output", 1m, 100_000, "tokens", "default"),
            ]);
        var used = (await Bill.ResultsAsync(fixture.Gateway, "usage/completions", "&group_by=model")).Single();
        ((string?)used["model"]).ShouldBe("scripted-model");
        ((long)used["input_tokens"]!).ShouldBe(1_000_000);
        ((long)used["input_cached_tokens"]!).ShouldBe(400_000);
        ((long)used["input_uncached_tokens"]!).ShouldBe(600_000);
        ((long)used["output_tokens"]!).ShouldBe(100_000);
        ((long)used["num_model_requests"]!).ShouldBe(1);
        used["project_id"].ShouldBeNull();
    }

    [Fact]
    public async Task A_price_that_nobody_has_said_is_not_guessed()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.When("^compute", ScriptedTurn.Python("print 1"), ScriptedTurn.Say("It is 1."));
        var run = await fixture.CompleteAsync(await fixture.ThreadAsync("compute"), await fixture.AssistantAsync());

        var cost = run["sandbox"]!.AsObject();
        cost.ContainsKey("token_cost").ShouldBeTrue();
        cost["token_cost"].ShouldBeNull();
        var total = (await Bill.ResultsAsync(fixture.Gateway, "costs")).Single();
        ((decimal)total["amount"]!["value"]!).ShouldBe(0.03m);
        ((string?)total["sandbox"]!["unpriced_models"]![0]).ShouldBe("scripted-model");
        var line = (await Bill.ResultsAsync(fixture.Gateway, "costs", "&group_by=line_item")).First(line =>
            (string?)line["line_item"] == "scripted-model, output"
        );
        line["amount"]!.AsObject().ContainsKey("value").ShouldBeFalse();
        using var ready = await fixture.Gateway.Client.GetAsync("/readyz?verbose");
        (await ready.Content.ReadAsStringAsync()).ShouldContain("scripted-model");
    }

    [Fact]
    public async Task The_built_in_model_costs_nothing()
    {
        await using var fixture = await RunFixture.StartAsync();
        var assistant = (string)
            (await fixture.Gateway.PostAsync("/v1/assistants", """{"model":"builtin/python"}"""))["id"]!;
        var run = await fixture.CompleteAsync(await fixture.ThreadAsync(), assistant);

        ((decimal)run["sandbox"]!["token_cost"]!).ShouldBe(0);
        (await Bill.ResultsAsync(fixture.Gateway, "usage/completions", "&models=builtin/python")).Count.ShouldBe(1);
        (await Bill.ResultsAsync(fixture.Gateway, "usage/completions", "&models=other")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Runs_in_progress_show_what_they_have_cost_and_lists_do_too()
    {
        await using var fixture = await RunFixture.StartAsync(
            settings: ["Prices:Models:*:Input=1", "Prices:Models:*:Output=1"]
        );
        fixture.Upstream.Enqueue(ScriptedTurn.Function("weather", new JsonObject()));
        var thread = await fixture.ThreadAsync();
        var assistant = await fixture.AssistantAsync("""[{"type":"function","function":{"name":"weather"}}]""");
        var run = await fixture.CompleteAsync(thread, assistant);
        ((string?)run["status"]).ShouldBe("requires_action");
        ((decimal)run["sandbox"]!["token_cost"]!).ShouldBeGreaterThan(0);
        var list = await fixture.Gateway.GetAsync($"/v1/threads/{thread}/runs");
        ((decimal)list["data"]![0]!["sandbox"]!["token_cost"]!).ShouldBe((decimal)run["sandbox"]!["token_cost"]!);
    }
}
