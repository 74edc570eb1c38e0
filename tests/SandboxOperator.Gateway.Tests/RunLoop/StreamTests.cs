using System.Text;
using System.Text.Json.Nodes;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.RunLoop;

public sealed class StreamTests
{
    [Fact]
    public async Task A_run_with_code_streams_every_event_in_order()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("print 42\nshow\nwrite out.csv a,b"),
            ScriptedTurn.Say("See sandbox:/mnt/data/out.csv there.")
        );
        var assistant = await fixture.AssistantAsync();

        var events = await fixture.StreamAsync(
            "/v1/threads/runs",
            $$$"""{"assistant_id":"{{{assistant}}}","stream":true,"thread":{"messages":[{"role":"user","content":"go"}]}}"""
        );

        Names(events)
            .ShouldBe([
                "thread.created",
                "thread.run.created",
                "thread.run.queued",
                "thread.run.in_progress",
                "thread.run.step.created",
                "thread.run.step.in_progress",
                "thread.run.step.delta",
                "thread.run.step.completed",
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
        var call = events.Where(item => item.Name == "thread.run.step.delta").Select(Call).ToList();
        call[0]
            .ToJsonString()
            .ShouldBe(
                $$$"""{"index":0,"id":"{{{call[0]["id"]}}}","type":"code_interpreter","code_interpreter":{"input":"","outputs":[]}}"""
            );
        string.Concat(call.Select(delta => (string?)delta["code_interpreter"]!["input"]))
            .ShouldBe("print 42\nshow\nwrite out.csv a,b");
        call.Skip(1).ShouldAllBe(delta => delta["id"] == null);
        var outputs = call.Select(delta => delta["code_interpreter"]!["outputs"]?.AsArray())
            .Where(list => list is { Count: > 0 })
            .Select(list => list![0]!)
            .ToList();
        outputs[0].ToJsonString().ShouldBe("""{"index":0,"type":"logs","logs":"42\n"}""");
        var picture = (string)outputs[1]["image"]!["file_id"]!;
        outputs[1].ToJsonString().ShouldBe($$$"""{"index":1,"type":"image","image":{"file_id":"{{{picture}}}"}}""");

        var message = events.Where(item => item.Name == "thread.message.delta").Select(Part).ToList();
        message[0]
            .ToJsonString()
            .ShouldBe($$$"""{"index":0,"type":"image_file","image_file":{"file_id":"{{{picture}}}"}}""");
        message[1]["text"]!["annotations"]!.AsArray().ShouldBeEmpty();
        string.Concat(message.Skip(1).Select(delta => (string?)delta["text"]!["value"]))
            .ShouldBe("See sandbox:/mnt/data/out.csv there.");
        var linked = message.Skip(2).Single(delta => delta["text"]!["annotations"] is not null)["text"]!;
        ((string?)linked["value"]).ShouldBe("sandbox:/mnt/data/out.csv");
        var annotation = linked["annotations"]![0]!.AsObject();
        ((int)annotation["start_index"]!, (int)annotation["end_index"]!).ShouldBe((4, 29));
        ((int)annotation["index"]!).ShouldBe(0);

        // The whole message says what its deltas said.
        var whole = events.Single(item => item.Name == "thread.message.completed").Data!;
        ((string?)whole["content"]![1]!["text"]!["value"]).ShouldBe("See sandbox:/mnt/data/out.csv there.");
        annotation.Remove("index");
        whole["content"]![1]!["text"]!["annotations"]![0]!.ToJsonString().ShouldBe(annotation.ToJsonString());
        var completed = events.Single(item => item.Name == "thread.run.completed").Data!;
        completed["usage"].ShouldNotBeNull();
        events.First(item => item.Name == "thread.run.step.created").Data!["step_details"]!
            .ToJsonString()
            .ShouldBe("""{"type":"tool_calls","tool_calls":[]}""");
    }

    [Fact]
    public async Task Code_is_seen_while_the_model_writes_it()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            new ScriptedTurn
            {
                ToolCalls = [new ScriptedToolCall { Python = "print 1\nprint 2" }],
                Fault = new ScriptedFault { HangAfter = 6 },
            }
        );
        var thread = await fixture.ThreadAsync();
        var assistant = await fixture.AssistantAsync();
        await using var stream = await EventStream.OpenAsync(
            fixture.Gateway,
            $"/v1/threads/{thread}/runs",
            $$"""{"assistant_id":"{{assistant}}","stream":true}"""
        );

        var code = new StringBuilder();
        while (code.Length < 3)
        {
            var delta = await stream.UntilAsync("thread.run.step.delta");
            code.Append((string?)Call(delta)["code_interpreter"]!["input"]);
        }
        "print 1\nprint 2".ShouldStartWith(code.ToString());
        fixture.Sandboxes.All.ShouldAllBe(sandbox => sandbox.Executed.IsEmpty);
    }

    [Fact]
    public async Task Text_before_code_ends_its_message_first_and_calls_run_one_after_the_other()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            new ScriptedTurn
            {
                Text = "First this.",
                ToolCalls = [new ScriptedToolCall { Python = "print a" }, new ScriptedToolCall { Python = "print b" }],
            },
            ScriptedTurn.Say("Done.")
        );
        var thread = await fixture.ThreadAsync();
        var assistant = await fixture.AssistantAsync();

        var events = await fixture.StreamAsync(
            $"/v1/threads/{thread}/runs",
            $$"""{"assistant_id":"{{assistant}}","stream":true}"""
        );

        OneStepAtATime(events);
        events
            .Where(item => item.Name is "thread.run.step.created" or "thread.run.step.completed")
            .Select(item => $"{item.Name[16..]} {item.Data!["type"]}")
            .ShouldBe([
                "created message_creation",
                "completed message_creation",
                "created tool_calls",
                "completed tool_calls",
                "created tool_calls",
                "completed tool_calls",
                "created message_creation",
                "completed message_creation",
            ]);
        fixture.Sandboxes.Single.Executed.ShouldBe(["print a", "print b"]);
    }

    [Fact]
    public async Task A_client_that_goes_away_does_not_stop_its_run()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(ScriptedTurn.Python("hang"), ScriptedTurn.Say("Done."));
        var thread = await fixture.ThreadAsync();
        var assistant = await fixture.AssistantAsync();
        string run;
        await using (
            var stream = await EventStream.OpenAsync(
                fixture.Gateway,
                $"/v1/threads/{thread}/runs",
                $$"""{"assistant_id":"{{assistant}}","stream":true}"""
            )
        )
        {
            run = (string)(await stream.UntilAsync("thread.run.created")).Data!["id"]!;
            await stream.UntilAsync("thread.run.step.delta");
        }

        await Wait.UntilAsync(() => fixture.Sandboxes.All.Any(sandbox => sandbox.Hanging.Task.IsCompleted));
        await fixture.Sandboxes.Single.InterruptAllAsync();

        ((string?)(await fixture.EndAsync(thread, run))["status"]).ShouldBe("completed");
    }

    /// <summary>The names of events, neighbouring ones of a name once.</summary>
    internal static IEnumerable<string> Names(IReadOnlyList<StreamedEvent> events) =>
        events.Select(item => item.Name).Where((name, index) => index == 0 || events[index - 1].Name != name);

    internal static JsonObject Call(StreamedEvent delta) =>
        delta.Data!["delta"]!["step_details"]!["tool_calls"]![0]!.AsObject();

    private static JsonObject Part(StreamedEvent delta) => delta.Data!["delta"]!["content"]![0]!.AsObject();

    private static void OneStepAtATime(IReadOnlyList<StreamedEvent> events)
    {
        string? open = null;
        foreach (var item in events)
        {
            switch (item.Name)
            {
                case "thread.run.step.created":
                    open.ShouldBeNull();
                    open = (string)item.Data!["id"]!;
                    break;
                case "thread.run.step.delta":
                    open.ShouldBe((string)item.Data!["id"]!);
                    break;
                case "thread.run.step.completed":
                    open.ShouldBe((string)item.Data!["id"]!);
                    open = null;
                    break;
            }
        }
    }
}
