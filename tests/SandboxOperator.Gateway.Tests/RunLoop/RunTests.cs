using System.Text;
using System.Text.Json.Nodes;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.RunLoop;

public sealed class RunTests
{
    [Fact]
    public async Task An_answer_without_tools_makes_one_message()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(ScriptedTurn.Say("Hello there."));
        var thread = await fixture.ThreadAsync();
        var created = await fixture.RunAsync(thread, await fixture.AssistantAsync());
        ((string?)created["status"]).ShouldBe("queued");
        created["usage"].ShouldBeNull();

        var run = await fixture.EndAsync(thread, (string)created["id"]!);

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        run["expires_at"].ShouldBeNull();
        run["started_at"].ShouldNotBeNull();
        var step = (await fixture.StepsAsync(thread, (string)run["id"]!)).ShouldHaveSingleItem();
        ((string?)step["type"]).ShouldBe("message_creation");
        step["usage"]!.ToJsonString().ShouldBe(run["usage"]!.ToJsonString());
        var message = (await fixture.MessagesAsync(thread))[^1];
        ((string?)message["id"]).ShouldBe((string?)step["step_details"]!["message_creation"]!["message_id"]);
        ((string?)message["content"]![0]!["text"]!["value"]).ShouldBe("Hello there.");
        ((string?)message["run_id"]).ShouldBe((string?)run["id"]);
        fixture.Sandboxes.Slots.ShouldBe(0);
    }

    [Fact]
    public async Task Code_runs_in_the_sandbox_and_its_picture_and_file_come_with_the_answer()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("print 42\nshow\nwrite out.csv a,b", "Let me see."),
            ScriptedTurn.Say(
                "😀 It is {{last_tool_output:(\\d+)}}: [out](sandbox:/mnt/data/out.csv) and sandbox:/mnt/data/none.txt"
            )
        );
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        var steps = await fixture.StepsAsync(thread, (string)run["id"]!);
        steps.Select(step => (string?)step["type"]).ShouldBe(["message_creation", "tool_calls", "message_creation"]);
        steps.ShouldAllBe(step => (string?)step["status"] == "completed");
        var call = steps[1]["step_details"]!["tool_calls"]![0]!;
        ((string?)call["code_interpreter"]!["input"]).ShouldBe("print 42\nshow\nwrite out.csv a,b");
        var outputs = call["code_interpreter"]!["outputs"]!.AsArray();
        ((string?)outputs[0]!["logs"]).ShouldBe("42\n");
        var picture = (string)outputs[1]!["image"]!["file_id"]!;
        steps.Sum(step => (long)step["usage"]!["total_tokens"]!).ShouldBe((long)run["usage"]!["total_tokens"]!);

        var content = (await fixture.MessagesAsync(thread))[^1]["content"]!.AsArray();
        ((string?)content[0]!["image_file"]!["file_id"]).ShouldBe(picture);
        var text = content[1]!["text"]!;
        ((string?)text["value"]).ShouldBe(
            "😀 It is 42: [out](sandbox:/mnt/data/out.csv) and sandbox:/mnt/data/none.txt"
        );
        var link = text["annotations"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)link["text"]).ShouldBe("sandbox:/mnt/data/out.csv");
        ((int)link["start_index"]!, (int)link["end_index"]!).ShouldBe((18, 43));
        var file = await fixture.Gateway.GetAsync($"/v1/files/{link["file_path"]!["file_id"]}");
        ((string?)file["filename"]).ShouldBe("/mnt/data/out.csv");
        ((string?)file["purpose"]).ShouldBe("assistants_output");
        var bytes = await fixture.Gateway.Client.GetByteArrayAsync($"/v1/files/{picture}/content");
        bytes.ShouldBe(FakePython.Png);
        Encoding
            .UTF8.GetString(
                await fixture.Gateway.Client.GetByteArrayAsync($"/v1/files/{link["file_path"]!["file_id"]}/content")
            )
            .ShouldBe("a,b");
    }

    [Fact]
    public async Task A_traceback_goes_back_to_the_model_which_corrects_itself()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("raise KeyError"),
            ScriptedTurn.Python("print right"),
            ScriptedTurn.Say("Done: {{last_tool_output}}")
        );
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        var steps = await fixture.StepsAsync(thread, (string)run["id"]!);
        steps.Count.ShouldBe(3);
        ((string?)steps[0]["status"]).ShouldBe("completed");
        steps[0]["step_details"]!.ToJsonString().ShouldContain("KeyError");
        fixture.Upstream.ChatRequests[1]["messages"]!.ToJsonString().ShouldContain("KeyError");
        fixture.Sandboxes.Single.Executed.ShouldBe(["raise KeyError", "print right"]);
    }
}
