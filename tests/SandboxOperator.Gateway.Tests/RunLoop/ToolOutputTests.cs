using System.Text.Json.Nodes;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.RunLoop;

public sealed class ToolOutputTests
{
    private const string Tools =
        """[{"type":"code_interpreter"},{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{}}}}]""";

    [Fact]
    public async Task Function_calls_wait_for_their_outputs_and_then_the_run_goes_on()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            new ScriptedTurn
            {
                ToolCalls =
                [
                    new ScriptedToolCall
                    {
                        Name = "weather",
                        Arguments = new JsonObject { ["city"] = "Bonn" },
                    },
                    new ScriptedToolCall { Python = "print 42" },
                    new ScriptedToolCall { Name = "weather", Arguments = "" },
                ],
            },
            ScriptedTurn.Say("It is {{last_tool_output}}.")
        );
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync(Tools));

        ((string?)run["status"]).ShouldBe("requires_action", run.ToJsonString());
        var id = (string)run["id"]!;
        var calls = run["required_action"]!["submit_tool_outputs"]!["tool_calls"]!.AsArray();
        calls.Select(call => (string?)call!["function"]!["arguments"]).ShouldBe(["""{"city":"Bonn"}""", "{}"]);
        var steps = await fixture.StepsAsync(thread, id);
        steps.Select(step => (string?)step["status"]).ShouldBe(["completed", "in_progress"]);
        fixture.Sandboxes.Single.Executed.ShouldBe(["print 42"]);
        fixture.Sandboxes.Slots.ShouldBe(1);

        var path = $"/v1/threads/{thread}/runs/{id}/submit_tool_outputs";
        var ids = calls.Select(call => (string)call!["id"]!).ToList();
        var error = await fixture.Gateway.RefusedAsync(path, Outputs([ids[0]]), null, null);
        ((string?)error["message"]).ShouldBe(
            $"Expected tool outputs for call_ids ['{ids[0]}', '{ids[1]}'], got ['{ids[0]}']"
        );

        var submitted = await fixture.Gateway.PostAsync(path, Outputs(ids));
        ((string?)submitted["status"]).ShouldBe("queued");
        submitted["required_action"].ShouldBeNull();
        run = await fixture.EndAsync(thread, id);

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        var step = (await fixture.StepsAsync(thread, id))[1];
        ((string?)step["status"]).ShouldBe("completed");
        step["step_details"]!["tool_calls"]!
            .AsArray()
            .Select(call => (string?)call!["function"]!["output"])
            .ShouldBe(["sunny 0", "sunny 1"]);
        (await fixture.StepsAsync(thread, id))
            .Sum(one => (long)one["usage"]!["total_tokens"]!)
            .ShouldBe((long)run["usage"]!["total_tokens"]!);
        ((string?)(await fixture.MessagesAsync(thread))[^1]["content"]![0]!["text"]!["value"]).ShouldBe(
            "It is sunny 1."
        );
        error = await fixture.Gateway.RefusedAsync(path, Outputs(ids), null, null);
        ((string?)error["message"]).ShouldBe("Runs in status \"completed\" do not accept tool outputs.");
    }

    [Fact]
    public async Task A_stream_of_outputs_starts_with_the_end_of_their_step()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            ScriptedTurn.Function("weather", new JsonObject { ["city"] = "Bonn" }),
            ScriptedTurn.Say("Fine.")
        );
        var thread = await fixture.ThreadAsync();
        var assistant = await fixture.AssistantAsync(
            Tools.Replace("""{"type":"code_interpreter"},""", "", StringComparison.Ordinal)
        );

        var events = await fixture.StreamAsync(
            $"/v1/threads/{thread}/runs",
            $$"""{"assistant_id":"{{assistant}}","stream":true}"""
        );

        StreamTests
            .Names(events)
            .ShouldBe([
                "thread.run.created",
                "thread.run.queued",
                "thread.run.in_progress",
                "thread.run.step.created",
                "thread.run.step.in_progress",
                "thread.run.step.delta",
                "thread.run.requires_action",
                "done",
            ]);
        var deltas = events.Where(item => item.Name == "thread.run.step.delta").Select(StreamTests.Call).ToList();
        deltas[0]
            .ToJsonString()
            .ShouldBe(
                $$$"""{"index":0,"id":"{{{deltas[0]["id"]}}}","type":"function","function":{"name":"weather","arguments":"","output":null}}"""
            );
        string.Concat(deltas.Select(delta => (string?)delta["function"]!["arguments"])).ShouldBe("""{"city":"Bonn"}""");

        var run = events[^2].Data!;
        events = await fixture.StreamAsync(
            $"/v1/threads/{thread}/runs/{run["id"]}/submit_tool_outputs",
            Outputs([(string)deltas[0]["id"]!], stream: true)
        );

        StreamTests
            .Names(events)
            .ShouldBe([
                "thread.run.step.completed",
                "thread.run.queued",
                "thread.run.in_progress",
                "thread.run.step.created",
                "thread.run.step.in_progress",
                "thread.message.created",
                "thread.message.in_progress",
                "thread.message.delta",
                "thread.message.completed",
                "thread.run.step.completed",
                "thread.run.completed",
                "done",
            ]);
    }

    [Fact]
    public async Task An_unknown_tool_and_malformed_arguments_are_told_to_the_model()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            new ScriptedTurn { ToolCalls = [new ScriptedToolCall { Name = "browser", Arguments = "{{{" }] },
            new ScriptedTurn { ToolCalls = [new ScriptedToolCall { Name = "python", Arguments = "print raw" }] },
            ScriptedTurn.Say("Done: {{last_tool_output}}")
        );
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync(Tools));

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        fixture.Upstream.ChatRequests[1]["messages"]!.AsArray()[^1]!["content"]!
            .ToString()
            .ShouldBe("[There is no tool 'browser'. The tools are: python, weather.]");
        fixture.Sandboxes.Single.Executed.ShouldBe(["print raw"]);
        var steps = await fixture.StepsAsync(thread, (string)run["id"]!);
        steps.Sum(step => (long)step["usage"]!["total_tokens"]!).ShouldBe((long)run["usage"]!["total_tokens"]!);
    }

    internal static string Outputs(IEnumerable<string> ids, bool stream = false) =>
        new JsonObject
        {
            ["tool_outputs"] = new JsonArray([
                .. ids.Select((id, index) => new JsonObject { ["tool_call_id"] = id, ["output"] = $"sunny {index}" }),
            ]),
            ["stream"] = stream,
        }.ToJsonString();
}
