using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.RunLoop;

public sealed class StopTests
{
    private const string Function = """[{"type":"function","function":{"name":"weather"}}]""";

    [Fact]
    public async Task Cancelling_interrupts_the_call_and_keeps_what_it_printed()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(ScriptedTurn.Python("print so far\nhang"));
        var thread = await fixture.ThreadAsync();
        var assistant = await fixture.AssistantAsync();
        await using var stream = await EventStream.OpenAsync(
            fixture.Gateway,
            $"/v1/threads/{thread}/runs",
            $$"""{"assistant_id":"{{assistant}}","stream":true}"""
        );
        var run = (string)(await stream.UntilAsync("thread.run.created")).Data!["id"]!;
        await Wait.UntilAsync(() => fixture.Sandboxes.All.Any(sandbox => sandbox.Hanging.Task.IsCompleted));

        var answer = await fixture.Gateway.PostAsync($"/v1/threads/{thread}/runs/{run}/cancel");

        ((string?)answer["status"]).ShouldBe("cancelling");
        var rest = await stream.ReadToEndAsync();
        rest.Select(item => item.Name)
            .SkipWhile(name =>
                name == "thread.run.step.delta" || !name.EndsWith("cancelling", StringComparison.Ordinal)
            )
            .ShouldBe(["thread.run.cancelling", "thread.run.step.cancelled", "thread.run.cancelled", "done"]);
        var ended = await fixture.EndAsync(thread, run);
        ((string?)ended["status"]).ShouldBe("cancelled");
        ended["cancelled_at"].ShouldNotBeNull();
        var step = (await fixture.StepsAsync(thread, run)).ShouldHaveSingleItem();
        ((string?)step["status"]).ShouldBe("cancelled");
        ((string?)step["step_details"]!["tool_calls"]![0]!["code_interpreter"]!["outputs"]![0]!["logs"]).ShouldBe(
            "so far\n"
        );
        var error = await fixture.Gateway.RefusedAsync($"/v1/threads/{thread}/runs/{run}/cancel", "", null, null);
        ((string?)error["message"]).ShouldBe("Cannot cancel run with status 'cancelled'.");
        await Wait.UntilAsync(() => fixture.Sandboxes.Slots == 0);

        // The thread goes on.
        fixture.Upstream.Enqueue(ScriptedTurn.Say("Again."));
        ((string?)(await fixture.CompleteAsync(thread, assistant))["status"]).ShouldBe("completed");
        var result = fixture.Upstream.ChatRequests[^1]["messages"]!
            .AsArray()
            .Single(message => (string?)message!["role"] == "tool")!;
        ((string?)result["content"]).ShouldStartWith("so far\n[The call was interrupted.]");
    }

    [Fact]
    public async Task Cancelling_keeps_the_text_so_far_as_an_incomplete_message()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            new ScriptedTurn
            {
                Text = "One two three four.",
                Fault = new ScriptedFault { HangAfter = 4 },
            }
        );
        var thread = await fixture.ThreadAsync();
        var assistant = await fixture.AssistantAsync();
        await using var stream = await EventStream.OpenAsync(
            fixture.Gateway,
            $"/v1/threads/{thread}/runs",
            $$"""{"assistant_id":"{{assistant}}","stream":true}"""
        );
        var run = (string)(await stream.UntilAsync("thread.run.created")).Data!["id"]!;
        await stream.UntilAsync("thread.message.delta");

        await fixture.Gateway.PostAsync($"/v1/threads/{thread}/runs/{run}/cancel");

        (await stream.ReadToEndAsync())
            .Select(item => item.Name)
            .SkipWhile(name => name == "thread.message.delta")
            .ShouldBe([
                "thread.run.cancelling",
                "thread.run.step.cancelled",
                "thread.message.incomplete",
                "thread.run.cancelled",
                "done",
            ]);
        var message = (await fixture.MessagesAsync(thread))[^1];
        ((string?)message["status"]).ShouldBe("incomplete");
        ((string?)message["incomplete_details"]!["reason"]).ShouldBe("run_cancelled");
        "One two three four.".ShouldStartWith((string)message["content"]![0]!["text"]!["value"]!);

        // What the user has seen is part of the conversation.
        fixture.Upstream.Enqueue(ScriptedTurn.Say("Again."));
        await fixture.CompleteAsync(thread, assistant);
        fixture.Upstream.ChatRequests[^1]["messages"]!.ToJsonString().ShouldContain("One");
    }

    [Fact]
    public async Task A_run_that_waits_for_outputs_or_for_room_can_be_cancelled()
    {
        await using var fixture = await RunFixture.StartAsync(null, "Runs:MaxConcurrent=1");
        fixture.Upstream.Enqueue(ScriptedTurn.Function("weather", new JsonObject()));
        var waiting = await fixture.ThreadAsync();
        var assistant = await fixture.AssistantAsync(Function);
        var run = await fixture.CompleteAsync(waiting, assistant);
        ((string?)run["status"]).ShouldBe("requires_action");

        await fixture.Gateway.PostAsync($"/v1/threads/{waiting}/runs/{run["id"]}/cancel");

        ((string?)(await fixture.EndedAsync(waiting, (string)run["id"]!))["status"]).ShouldBe("cancelled");
        ((string?)(await fixture.StepsAsync(waiting, (string)run["id"]!))[0]["status"]).ShouldBe("cancelled");

        // The first run fills the only room, the second waits.
        fixture.Upstream.Enqueue(ScriptedTurn.Python("hang"));
        var busy = await fixture.ThreadAsync();
        await fixture.RunAsync(busy, await fixture.AssistantAsync());
        await Wait.UntilAsync(() => fixture.Sandboxes.All.Any(sandbox => sandbox.Hanging.Task.IsCompleted));
        var queued = await fixture.ThreadAsync();
        run = await fixture.RunAsync(queued, assistant);
        await fixture.Gateway.PostAsync($"/v1/threads/{queued}/runs/{run["id"]}/cancel");
        ((string?)(await fixture.EndedAsync(queued, (string)run["id"]!))["status"]).ShouldBe("cancelled");
    }

    [Fact]
    public async Task Runs_expire_while_code_runs_and_while_they_wait()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        await using var fixture = await RunFixture.StartAsync(time);
        fixture.Upstream.Enqueue(ScriptedTurn.Function("weather", new JsonObject()));
        var waiting = await fixture.ThreadAsync();
        var first = await fixture.CompleteAsync(waiting, await fixture.AssistantAsync(Function));
        ((long)first["expires_at"]! - (long)first["created_at"]!).ShouldBe(600);
        fixture.Upstream.Enqueue(ScriptedTurn.Python("hang"));
        var busy = await fixture.ThreadAsync();
        var second = await fixture.RunAsync(busy, await fixture.AssistantAsync());
        await Wait.UntilAsync(() => fixture.Sandboxes.All.Any(sandbox => sandbox.Hanging.Task.IsCompleted));

        time.Advance(TimeSpan.FromSeconds(601));

        ((string?)(await fixture.EndedAsync(waiting, (string)first["id"]!))["status"]).ShouldBe("expired");
        ((string?)(await fixture.StepsAsync(waiting, (string)first["id"]!))[0]["status"]).ShouldBe("expired");
        ((string?)(await fixture.EndedAsync(busy, (string)second["id"]!))["status"]).ShouldBe("expired");
        ((string?)(await fixture.StepsAsync(busy, (string)second["id"]!))[0]["status"]).ShouldBe("expired");
    }

    [Fact]
    public async Task A_run_expires_while_the_model_speaks_though_its_time_is_over_a_moment_earlier()
    {
        // Runs end at whole milliseconds.
        var start = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000).AddMicroseconds(500);
        var time = new FakeTimeProvider(start);
        await using var fixture = await RunFixture.StartAsync(
            time,
            "Upstream:FirstByteSeconds=10000",
            "Upstream:IdleSeconds=10000"
        );
        fixture.Upstream.Enqueue(
            ScriptedTurn.Say("Never whole.") with
            {
                Fault = new ScriptedFault { HangAfter = 2, Times = 0 },
            }
        );
        var thread = await fixture.ThreadAsync();
        var run = await fixture.RunAsync(thread, await fixture.AssistantAsync());
        await Wait.UntilAsync(() => fixture.Upstream.ChatRequests.Count == 1);

        time.Advance(TimeSpan.FromSeconds(600) - TimeSpan.FromMicroseconds(200));

        ((string?)(await fixture.EndedAsync(thread, (string)run["id"]!))["status"]).ShouldBe("expired");
    }

    [Fact]
    public async Task Deleting_a_thread_stops_its_run_and_ends_its_session()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(ScriptedTurn.Python("hang"));
        var thread = await fixture.ThreadAsync();
        await fixture.RunAsync(thread, await fixture.AssistantAsync());
        await Wait.UntilAsync(() => fixture.Sandboxes.All.Any(sandbox => sandbox.Hanging.Task.IsCompleted));

        await fixture.Gateway.DeleteAsync($"/v1/threads/{thread}");

        fixture.Sandboxes.All.ShouldBeEmpty();
        await Wait.UntilAsync(() => fixture.Sandboxes.Slots == 0);
    }
}
