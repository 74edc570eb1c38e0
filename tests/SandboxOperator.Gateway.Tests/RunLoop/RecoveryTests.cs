using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Sqlite;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.RunLoop;

public sealed class RecoveryTests
{
    private const string Tools = """[{"type":"code_interpreter"},{"type":"function","function":{"name":"weather"}}]""";

    /// <summary>Kills the gateway at each of its writes in turn, starts another over the same data, and looks.</summary>
    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Killed_at_any_write_the_run_is_finished_by_the_next_gateway_and_no_call_runs_twice(bool before)
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.When(
            "^go",
            new ScriptedTurn
            {
                Text = "Let me see.",
                ToolCalls =
                [
                    new ScriptedToolCall { Python = "print 1\nshow" },
                    new ScriptedToolCall { Python = "print 2" },
                ],
            },
            ScriptedTurn.Function("weather", new JsonObject { ["city"] = "Bonn" }),
            ScriptedTurn.Python("write out.csv a,b"),
            ScriptedTurn.Say("Here: sandbox:/mnt/data/out.csv")
        );
        var assistant = await fixture.AssistantAsync(Tools);
        await fixture.Gateway.DisposeAsync();
        await StartCrashingAsync(fixture);
        var late = 0;
        for (var write = 1; ; write++)
        {
            var thread = await fixture.ThreadAsync("go");
            var run = (string)(await fixture.RunAsync(thread, assistant))["id"]!;
            var store = (CrashingStore)fixture.Gateway.Store;
            store.CrashAt(write, before);
            var crashed = await DriveAsync(fixture, thread, run, store.Crashed.Task) is null;
            if (crashed)
            {
                // The next gateway finishes the run, and is the next to be killed.
                await fixture.Gateway.DisposeAsync();
                await StartCrashingAsync(fixture);
            }

            var ended = await DriveAsync(fixture, thread, run, Task.Delay(Timeout.Infinite));
            await CheckAsync(fixture, thread, ended!, $"killed at write {write}");
            fixture.Sandboxes.ExpireAll();
            if (!crashed && write > 6)
            {
                return;
            }

            if (!crashed)
            {
                // The run was past that write before the gateway was told to crash there.
                (++late).ShouldBeLessThan(5);
                write--;
            }
        }
    }

    [Fact]
    public async Task A_call_that_was_running_is_attached_to()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.When(
            "^go",
            ScriptedTurn.Python("print before\nhang"),
            ScriptedTurn.Say("{{last_tool_output}}")
        );
        await fixture.Gateway.DisposeAsync();
        await StartCrashingAsync(fixture);
        var thread = await fixture.ThreadAsync("go");
        var run = (string)(await fixture.RunAsync(thread, await fixture.AssistantAsync()))["id"]!;
        await Wait.UntilAsync(() => fixture.Sandboxes.All.Any(sandbox => sandbox.Hanging.Task.IsCompleted));
        ((CrashingStore)fixture.Gateway.Store).CrashAt(0, before: true);
        await fixture.Gateway.DisposeAsync();

        await fixture.StartGatewayAsync();
        await fixture.Sandboxes.Single.InterruptAllAsync();

        ((string?)(await fixture.EndAsync(thread, run))["status"]).ShouldBe("completed");
        fixture.Sandboxes.Single.Executed.Count.ShouldBe(1);
        (await fixture.MessagesAsync(thread))[^1].ToJsonString().ShouldContain("before");
    }

    [Fact]
    public async Task A_call_whose_sandbox_was_restarted_is_not_run_again()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.When("^go", ScriptedTurn.Python("hang"), ScriptedTurn.Say("{{last_tool_output}}"));
        await fixture.Gateway.DisposeAsync();
        await StartCrashingAsync(fixture);
        var thread = await fixture.ThreadAsync("go");
        var run = (string)(await fixture.RunAsync(thread, await fixture.AssistantAsync()))["id"]!;
        await Wait.UntilAsync(() => fixture.Sandboxes.All.Any(sandbox => sandbox.Hanging.Task.IsCompleted));
        ((CrashingStore)fixture.Gateway.Store).CrashAt(0, before: true);
        await fixture.Gateway.DisposeAsync();
        fixture.Sandboxes.Single.Restart();

        await fixture.StartGatewayAsync();

        ((string?)(await fixture.EndAsync(thread, run))["status"]).ShouldBe("completed");
        fixture.Sandboxes.Single.Executed.Count.ShouldBe(1);
        (await fixture.MessagesAsync(thread))[^1].ToJsonString().ShouldContain("whether the code ran is not known");
    }

    [Fact]
    public async Task A_gateway_that_stops_ends_its_streams_with_an_error_and_leaves_the_run_to_the_next()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.When("^go", ScriptedTurn.Python("hang"), ScriptedTurn.Say("Done."));
        var thread = await fixture.ThreadAsync("go");
        var assistant = await fixture.AssistantAsync();
        await using var stream = await EventStream.OpenAsync(
            fixture.Gateway,
            $"/v1/threads/{thread}/runs",
            $$"""{"assistant_id":"{{assistant}}","stream":true}"""
        );
        var run = (string)(await stream.UntilAsync("thread.run.created")).Data!["id"]!;
        await Wait.UntilAsync(() => fixture.Sandboxes.All.Any(sandbox => sandbox.Hanging.Task.IsCompleted));

        var stopping = fixture.Gateway.DisposeAsync();
        var rest = await stream.ReadToEndAsync();
        await stopping;
        rest.Select(item => item.Name).TakeLast(2).ShouldBe(["error", "done"]);

        await fixture.StartGatewayAsync();
        await fixture.Sandboxes.Single.InterruptAllAsync();
        ((string?)(await fixture.EndAsync(thread, run))["status"]).ShouldBe("completed");
        fixture.Sandboxes.Single.Executed.Count.ShouldBe(1);
    }

    private static Task StartCrashingAsync(RunFixture fixture) =>
        fixture.StartGatewayAsync(builder =>
            builder.Services.AddSingleton<IStore>(provider => new CrashingStore(
                provider.GetRequiredService<SqliteStore>()
            ))
        );

    /// <summary>Answers function calls until the run has ended; null when the gateway was killed before.</summary>
    private static async Task<JsonObject?> DriveAsync(RunFixture fixture, string thread, string run, Task killed)
    {
        for (var deadline = Environment.TickCount64 + 180_000; !killed.IsCompleted; )
        {
            var found = await fixture.Gateway.GetAsync($"/v1/threads/{thread}/runs/{run}");
            switch ((string?)found["status"])
            {
                case "requires_action":
                    var calls = found["required_action"]!["submit_tool_outputs"]!["tool_calls"]!.AsArray();
                    using (
                        var content = new StringContent(
                            ToolOutputTests.Outputs(calls.Select(call => (string)call!["id"]!)),
                            Encoding.UTF8,
                            "application/json"
                        )
                    )
                    {
                        // It may be killed under this very request.
                        using var _ = await fixture.Gateway.Client.PostAsync(
                            $"/v1/threads/{thread}/runs/{run}/submit_tool_outputs",
                            content
                        );
                    }
                    break;
                case "queued" or "in_progress":
                    break;
                default:
                    return killed.IsCompleted ? null : found;
            }
            Environment.TickCount64.ShouldBeLessThan(deadline, found.ToJsonString());
            await Task.Delay(10);
        }
        return null;
    }

    private static async Task CheckAsync(RunFixture fixture, string thread, JsonObject run, string when)
    {
        ((string?)run["status"]).ShouldBe("completed", $"{when}: {run.ToJsonString()}");
        fixture
            .Sandboxes.Single.Executed.ToArray()
            .ShouldBe(["print 1\nshow", "print 2", "write out.csv a,b"], customMessage: when);
        var steps = await fixture.StepsAsync(thread, (string)run["id"]!);
        steps
            .Select(step => $"{step["type"]} {step["status"]}")
            .ShouldBe(
                [
                    "message_creation completed",
                    "tool_calls completed",
                    "tool_calls completed",
                    "tool_calls completed",
                    "tool_calls completed",
                    "message_creation completed",
                ],
                when
            );
        steps.Sum(step => (long)step["usage"]!["total_tokens"]!).ShouldBe((long)run["usage"]!["total_tokens"]!, when);
        steps[1]["step_details"]!["tool_calls"]![0]!["code_interpreter"]!["outputs"]!.AsArray().Count.ShouldBe(2, when);
        var messages = await fixture.MessagesAsync(thread);
        messages.Count.ShouldBe(3, when);
        messages.Select(message => (string?)message["status"]).ShouldAllBe(status => status == "completed", when);
        var content = messages[2]["content"]!.AsArray();
        ((string?)content[0]!["type"]).ShouldBe("image_file", customMessage: when);
        content[1]!["text"]!["annotations"]!.AsArray().Count.ShouldBe(1, when);
        await Wait.UntilAsync(() => fixture.Sandboxes.Slots == 0);
    }
}
