using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Sandboxes;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Ledger;

/// <summary>What sessions cost, through the API, with sessions that end an hour after their last call.</summary>
public sealed class SessionCostTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    [Fact]
    public async Task Ten_questions_within_an_hour_in_one_thread_cost_three_cents()
    {
        await using var fixture = await StartAsync();
        var (thread, assistant) = (await fixture.ThreadAsync(), await fixture.AssistantAsync());
        for (var question = 0; question < 10; question++)
        {
            await AskAsync(fixture, thread, assistant, cost: question == 0 ? 0.03m : 0);
            _time.Advance(TimeSpan.FromMinutes(6));
        }

        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(0.03m);
        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(1);
    }

    [Fact]
    public async Task Fifty_threads_within_a_minute_cost_a_dollar_and_a_half()
    {
        await using var fixture = await StartAsync();
        var assistant = await fixture.AssistantAsync();
        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(async _ => await AskAsync(fixture, await fixture.ThreadAsync(), assistant, 0.03m))
        );

        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(1.50m);
        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(50);
    }

    [Fact]
    public async Task Two_threads_at_once_are_two_sessions_though_their_assistant_is_one()
    {
        await using var fixture = await StartAsync();
        var assistant = await fixture.AssistantAsync();
        var threads = new[] { await fixture.ThreadAsync(), await fixture.ThreadAsync() };
        await Task.WhenAll(threads.Select(thread => AskAsync(fixture, thread, assistant, 0.03m)));

        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(2);
    }

    [Theory]
    [InlineData(59, 1)]
    [InlineData(61, 2)]
    public async Task A_session_goes_on_for_an_hour_after_its_last_call(int minutes, int sessions)
    {
        await using var fixture = await StartAsync();
        var (thread, assistant) = (await fixture.ThreadAsync(), await fixture.AssistantAsync());
        await AskAsync(fixture, thread, assistant, 0.03m);
        // Not an hour after the first, but after the last.
        _time.Advance(TimeSpan.FromMinutes(50));
        await AskAsync(fixture, thread, assistant, 0);
        _time.Advance(TimeSpan.FromMinutes(minutes));
        await AskAsync(fixture, thread, assistant, sessions == 1 ? 0 : 0.03m);

        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(sessions);
        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(0.03m * sessions);
    }

    [Fact]
    public async Task What_runs_no_code_costs_nothing()
    {
        await using var fixture = await StartAsync();
        fixture.Upstream.When("^hello", ScriptedTurn.Say("Hello."));
        await AskAsync(fixture, await fixture.ThreadAsync(), await fixture.AssistantAsync(), 0, "hello");

        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(0);
        (await Bill.ResultsAsync(fixture.Gateway, "costs", "&group_by=line_item")).ShouldNotContain(line =>
            (string?)line["line_item"] == "code interpreter"
        );
    }

    [Fact]
    public async Task A_deleted_thread_stays_on_the_bill()
    {
        await using var fixture = await StartAsync();
        var thread = await fixture.ThreadAsync();
        await AskAsync(fixture, thread, await fixture.AssistantAsync(), 0.03m);
        await fixture.Gateway.DeleteAsync($"/v1/threads/{thread}");

        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(0.03m);
        (await Bill.ResultsAsync(fixture.Gateway, "usage/completions"))
            .Sum(result => (long)result["num_model_requests"]!)
            .ShouldBe(2);
    }

    [Fact]
    public async Task A_lost_sandbox_keeps_its_session_and_its_charge()
    {
        await using var fixture = await StartAsync();
        fixture.Upstream.When(
            "^lose",
            ScriptedTurn.Python("lose"),
            ScriptedTurn.Python("print 1"),
            ScriptedTurn.Say(".")
        );
        var (thread, assistant) = (await fixture.ThreadAsync(), await fixture.AssistantAsync());
        await AskAsync(fixture, thread, assistant, 0.03m, "lose");
        await AskAsync(fixture, thread, assistant, 0);

        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_the_sandbox_refuses_costs_nothing_and_the_next_one_starts_the_session()
    {
        await using var fixture = await StartAsync();
        fixture.Upstream.When("^refuse", ScriptedTurn.Python("too long"), ScriptedTurn.Say("."));
        fixture.Upstream.When(
            "^both",
            ScriptedTurn.Python("too long"),
            ScriptedTurn.Python("print 1"),
            ScriptedTurn.Python("too long"),
            ScriptedTurn.Say(".")
        );
        var assistant = await fixture.AssistantAsync();
        var thread = await fixture.ThreadAsync();
        await AskAsync(fixture, thread, assistant, 0, "refuse");
        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(0);
        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(0);

        await AskAsync(fixture, thread, assistant, 0.03m, "both");
        await AskAsync(fixture, thread, assistant, 0, "refuse");

        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(1);
        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(0.03m);
    }

    [Fact]
    public async Task A_sandbox_that_could_not_be_asked_costs_nothing()
    {
        await using var fixture = await StartAsync();
        var (thread, assistant) = (await fixture.ThreadAsync("compute"), await fixture.AssistantAsync());
        fixture.Sandboxes.Python.RunFails = new SandboxUnavailableException("The cluster does not answer.");
        var failed = await fixture.CompleteAsync(thread, assistant);
        ((string?)failed["status"]).ShouldBe("failed");
        ((decimal)failed["sandbox"]!["session_cost"]!).ShouldBe(0);
        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(0);

        fixture.Sandboxes.Python.RunFails = null;
        await AskAsync(fixture, thread, assistant, 0.03m);
        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(1);
    }

    [Fact]
    public async Task By_twenty_minutes_each_period_with_a_call_costs_by_memory()
    {
        await using var fixture = await StartAsync("Tariff:Kind=per-20-minutes", "Tariff:Memory=3Gi");
        var (thread, assistant) = (await fixture.ThreadAsync(), await fixture.AssistantAsync());
        // Minutes 0 and 5 are in one period, 25 in the next; the one from 40 is skipped, 65 is in the fourth.
        foreach (var (minutes, cost) in new[] { (0, 0.12m), (5, 0m), (20, 0.12m), (40, 0.12m) })
        {
            _time.Advance(TimeSpan.FromMinutes(minutes));
            await AskAsync(fixture, thread, assistant, cost);
        }

        (await Bill.SessionsAsync(fixture.Gateway)).ShouldBe(1);
        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(0.36m);
        var line = (await Bill.ResultsAsync(fixture.Gateway, "costs", "&group_by=line_item")).Single(line =>
            (string?)line["line_item"] == "code interpreter"
        );
        ((long)line["quantity"]!).ShouldBe(3);
    }

    [Fact]
    public async Task A_call_that_runs_into_the_next_period_pays_for_it()
    {
        await using var fixture = await StartAsync("Tariff:Kind=per-20-minutes", "Runs:LifetimeSeconds=36000");
        fixture.Upstream.When("^wait", ScriptedTurn.Python("hang"), ScriptedTurn.Say("."));
        var (thread, assistant) = (await fixture.ThreadAsync("wait"), await fixture.AssistantAsync());
        var run = await fixture.RunAsync(thread, assistant);
        await Wait.UntilAsync(() => fixture.Sandboxes.All.Any(sandbox => sandbox.Hanging.Task.IsCompleted));
        _time.Advance(TimeSpan.FromMinutes(50));
        await fixture.Sandboxes.Single.InterruptAllAsync();

        var ended = await fixture.EndAsync(thread, (string)run["id"]!);
        ((decimal)ended["sandbox"]!["session_cost"]!).ShouldBe(0.09m);
        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(0.09m);
    }

    [Fact]
    public async Task A_clock_that_jumps_during_a_call_charges_no_more_than_its_run_may_last()
    {
        await using var fixture = await StartAsync("Tariff:Kind=per-20-minutes");
        fixture.Upstream.When("^wait", ScriptedTurn.Python("hang"), ScriptedTurn.Say("."));
        var (thread, assistant) = (await fixture.ThreadAsync("wait"), await fixture.AssistantAsync());
        var run = await fixture.RunAsync(thread, assistant);
        await Wait.UntilAsync(() => fixture.Sandboxes.All.Any(sandbox => sandbox.Hanging.Task.IsCompleted));
        _time.Advance(TimeSpan.FromDays(3));
        await fixture.Sandboxes.Single.InterruptAllAsync();

        await fixture.EndAsync(thread, (string)run["id"]!);
        (await Bill.DollarsAsync(fixture.Gateway)).ShouldBe(0.03m);
    }

    private async Task<RunFixture> StartAsync(params string[] settings)
    {
        var fixture = await RunFixture.StartAsync(_time, ["Runs:PollSeconds=25", .. settings]);
        fixture.Sandboxes.Clock = _time;
        fixture.Upstream.When("^compute", ScriptedTurn.Python("print 1"), ScriptedTurn.Say("It is 1."));
        return fixture;
    }

    /// <summary>Asks, and looks at what the run says it has cost.</summary>
    private static async Task AskAsync(
        RunFixture fixture,
        string thread,
        string assistant,
        decimal cost,
        string question = "compute"
    )
    {
        var run = await fixture.CompleteAsync(
            thread,
            assistant,
            $$""","additional_messages":[{"role":"user","content":"{{question}}"}]"""
        );
        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        ((decimal)run["sandbox"]!["session_cost"]!).ShouldBe(cost);
        ((string?)run["sandbox"]!["currency"]).ShouldBe("usd");
    }
}
