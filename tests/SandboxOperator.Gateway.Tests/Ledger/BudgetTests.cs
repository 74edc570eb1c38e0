using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Ledger;

public sealed class BudgetTests
{
    /// <summary>Asks a thread again.</summary>
    private const string Again = ""","additional_messages":[{"role":"user","content":"compute"}]""";

    // 2027-01-15, half an hour before midnight.
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_055_800));

    [Fact]
    public async Task A_session_over_budget_is_refused_before_it_starts()
    {
        await using var fixture = await StartAsync("Budgets:0:Project=default", "Budgets:0:Dollars=0.05");
        var assistant = await fixture.AssistantAsync();
        var paid = await fixture.ThreadAsync("compute");
        ((string?)(await fixture.CompleteAsync(paid, assistant))["status"]).ShouldBe("completed");

        // A second session would make it six cents.
        var refused = await fixture.CompleteAsync(await fixture.ThreadAsync("compute"), assistant);
        ((string?)refused["status"]).ShouldBe("failed");
        ((string?)refused["last_error"]!["code"]).ShouldBe("rate_limit_exceeded");
        ((string)refused["last_error"]!["message"]!).ShouldContain("budget of project 'default'");
        ((string)refused["last_error"]!["message"]!).ShouldContain("2027-02-01");
        ((decimal)refused["sandbox"]!["session_cost"]!).ShouldBe(0);
        fixture.Sandboxes.All.Count.ShouldBe(1);

        // The one that is paid goes on.
        ((string?)(await fixture.CompleteAsync(paid, assistant, Again))["status"]).ShouldBe("completed");
        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(0.03m);
    }

    [Fact]
    public async Task With_nothing_left_a_run_is_refused_at_once_also_after_a_restart_until_the_period_is_over()
    {
        await using var fixture = await StartAsync(
            "Budgets:0:Project=default",
            "Budgets:0:Period=day",
            "Budgets:0:Dollars=0.03"
        );
        var assistant = await fixture.AssistantAsync();
        var thread = await fixture.ThreadAsync("compute");
        await fixture.CompleteAsync(thread, assistant);
        await RefusedAsync();

        await fixture.Gateway.DisposeAsync();
        await fixture.StartGatewayAsync();
        await RefusedAsync();

        _time.Advance(TimeSpan.FromMinutes(61));
        ((string?)(await fixture.CompleteAsync(thread, assistant, Again))["status"]).ShouldBe("completed");
        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(2);

        async Task RefusedAsync()
        {
            using var response = await fixture.Gateway.Client.PostAsync(
                $"/v1/threads/{thread}/runs",
                new StringContent($$"""{"assistant_id":"{{assistant}}"}""", null, "application/json")
            );
            ((int)response.StatusCode).ShouldBe(429);
            response.Headers.GetValues("x-should-retry").ShouldBe(["false"]);
            var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;
            ((string?)error["code"]).ShouldBe("insufficient_quota");
            ((string?)error["type"]).ShouldBe("insufficient_quota");
        }
    }

    [Fact]
    public async Task Of_two_who_ask_at_once_for_the_last_dollars_one_gets_them()
    {
        await using var fixture = await StartAsync("Budgets:0:Project=*", "Budgets:0:Dollars=0.3");
        var assistant = await fixture.AssistantAsync();
        var runs = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async _ => await fixture.CompleteAsync(await fixture.ThreadAsync("compute"), assistant))
                .Select(async run =>
                {
                    try
                    {
                        return (string?)(await run)["status"];
                    }
                    catch (ShouldAssertException)
                    {
                        // Refused at once: the last dollar was spent before it came.
                        return "failed";
                    }
                })
        );

        runs.Count(status => status == "completed").ShouldBe(10);
        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(0.30m);
    }

    [Fact]
    public async Task A_model_is_not_asked_when_nothing_is_left()
    {
        await using var fixture = await StartAsync(
            "Budgets:0:Project=default",
            "Budgets:0:Dollars=0.0000001",
            "Prices:Models:*:Input=1",
            "Prices:Models:*:Output=1"
        );
        fixture.Upstream.When(
            "^loop",
            ScriptedTurn.Function("weather", new JsonObject()),
            ScriptedTurn.Say("never said")
        );
        var thread = await fixture.ThreadAsync("loop");
        var assistant = await fixture.AssistantAsync("""[{"type":"function","function":{"name":"weather"}}]""");
        var run = await fixture.CompleteAsync(thread, assistant);
        ((string?)run["status"]).ShouldBe("requires_action");
        var call = run["required_action"]!["submit_tool_outputs"]!["tool_calls"]![0]!["id"];
        await fixture.Gateway.PostAsync(
            $"/v1/threads/{thread}/runs/{run["id"]}/submit_tool_outputs",
            $$"""{"tool_outputs":[{"tool_call_id":"{{call}}","output":"sunny"}]}"""
        );

        var ended = await fixture.EndedAsync(thread, (string)run["id"]!);
        ((string?)ended["status"]).ShouldBe("failed");
        ((string)ended["last_error"]!["message"]!).ShouldContain("budget");
        (await Bill.ResultsAsync(fixture.Gateway, "usage/completions"))
            .Sum(used => (long)used["num_model_requests"]!)
            .ShouldBe(1);
    }

    [Fact]
    public async Task Another_projects_budget_is_no_concern()
    {
        await using var fixture = await StartAsync("Budgets:0:Project=other", "Budgets:0:Dollars=0");
        var run = await fixture.CompleteAsync(await fixture.ThreadAsync("compute"), await fixture.AssistantAsync());
        ((string?)run["status"]).ShouldBe("completed");
    }

    private async Task<RunFixture> StartAsync(params string[] settings)
    {
        var fixture = await RunFixture.StartAsync(_time, ["Runs:PollSeconds=25", .. settings]);
        fixture.Sandboxes.Clock = _time;
        fixture.Upstream.When("^compute", ScriptedTurn.Python("print 1"), ScriptedTurn.Say("It is 1."));
        return fixture;
    }
}
