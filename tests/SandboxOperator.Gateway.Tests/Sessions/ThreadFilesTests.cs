using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Sessions;

/// <summary>The files of a thread in its sandboxes, through runs.</summary>
public sealed class ThreadFilesTests
{
    private const string Link = "Here: sandbox:/mnt/data/";

    [Fact]
    public async Task All_files_come_into_a_new_session_under_their_names_and_the_model_hears_what_is_lost()
    {
        await using var fixture = await RunFixture.StartAsync();
        var a = await fixture.Gateway.UploadAsync("a.csv", "of the assistant");
        var b = await fixture.Gateway.UploadAsync("b.csv", "of the thread");
        var assistant = await AssistantAsync(fixture, a);
        var thread = await fixture.ThreadAsync();
        await MessageAsync(fixture, thread, b);
        fixture.Upstream.Enqueue(ScriptedTurn.Python("write out.csv made"), ScriptedTurn.Say(Link + "out.csv"));
        var made = await LinkedAsync(fixture, thread, assistant);
        var first = fixture.Sandboxes.Single;
        first.Aliases.Keys.ShouldBe([a, b], ignoreOrder: true);

        fixture.Sandboxes.ExpireAll();
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("cat a.csv\ncat b.csv\ncat out.csv"),
            ScriptedTurn.Python("print again"),
            ScriptedTurn.Say(Link + "out.csv")
        );
        (await LinkedAsync(fixture, thread, assistant)).ShouldBe(made);

        fixture.Sandboxes.Single.ShouldNotBeSameAs(first);
        fixture.Sandboxes.Single.Files.Keys.ShouldBe(["a.csv", "b.csv", "out.csv"], ignoreOrder: true);
        fixture.Sandboxes.Single.Aliases.ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [a] = "a.csv",
                [b] = "b.csv",
                [made] = "out.csv",
            },
            ignoreOrder: true
        );
        var results = Results(fixture);
        results[1].ShouldStartWith("[Before this call, variables and imports of earlier code were lost: ");
        results[1].ShouldContain("of the assistant\nof the thread\nmade\n");
        results[2].ShouldBe("again\n");
        // Room was reserved once for each run, although a session ended in between.
        fixture.Sandboxes.Reservations.ShouldBe(2);
        fixture.Sandboxes.Slots.ShouldBe(0);
    }

    [Fact]
    public async Task Of_files_with_one_name_the_later_has_its_id_before_it_and_all_are_there_by_id()
    {
        await using var fixture = await RunFixture.StartAsync();
        var first = await fixture.Gateway.UploadAsync("data.csv", "1");
        var second = await fixture.Gateway.UploadAsync("data.csv", "2");
        var thread = await fixture.ThreadAsync();
        await MessageAsync(fixture, thread, first, second);
        fixture.Upstream.Enqueue(ScriptedTurn.Python("print 1"), ScriptedTurn.Say("Done."));

        await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        var sandbox = fixture.Sandboxes.Single;
        sandbox.Aliases[first].ShouldBe("data.csv");
        sandbox.Aliases[second].ShouldBe($"{second}-data.csv");
        sandbox.Files["data.csv"].ShouldBe("1"u8.ToArray());
        sandbox.Files[$"{second}-data.csv"].ShouldBe("2"u8.ToArray());
        var prompt = fixture.Upstream.ChatRequests[0]["messages"]![0]!.ToJsonString();
        prompt.ShouldContain($"{second}-data.csv");
        prompt.ShouldContain($"also as {first}");
    }

    [Fact]
    public async Task A_file_keeps_its_path_in_a_new_session_and_the_first_prompt_says_it()
    {
        await using var fixture = await RunFixture.StartAsync();
        var ofThread = await fixture.Gateway.UploadAsync("data.csv", "thread");
        var ofAssistant = await fixture.Gateway.UploadAsync("data.csv", "assistant");
        var thread = await fixture.ThreadAsync();
        await MessageAsync(fixture, thread, ofThread);
        fixture.Upstream.Enqueue(ScriptedTurn.Python("print 1"), ScriptedTurn.Say("Done."));
        await fixture.CompleteAsync(thread, await fixture.AssistantAsync());
        fixture.Sandboxes.ExpireAll();

        // The assistant's file would come first, if the thread's had not had its name already.
        fixture.Upstream.Enqueue(ScriptedTurn.Python("cat data.csv"), ScriptedTurn.Say("Done."));
        await fixture.CompleteAsync(thread, await AssistantAsync(fixture, ofAssistant));

        Results(fixture)[^1].ShouldContain("thread");
        fixture.Sandboxes.Single.Aliases[ofAssistant].ShouldBe($"{ofAssistant}-data.csv");
        fixture.Upstream.ChatRequests[2]["messages"]![0]!.ToJsonString().ShouldContain($"{ofAssistant}-data.csv");
    }

    [Fact]
    public async Task The_first_prompt_after_a_session_s_end_lists_what_will_be_there()
    {
        await using var fixture = await RunFixture.StartAsync();
        var assistant = await fixture.AssistantAsync();
        var file = await fixture.Gateway.UploadAsync("data.csv", "old");
        var thread = await fixture.ThreadAsync();
        await MessageAsync(fixture, thread, file);
        fixture.Upstream.Enqueue(ScriptedTurn.Python("write data.csv new"), ScriptedTurn.Say(Link + "data.csv"));
        await LinkedAsync(fixture, thread, assistant);
        fixture.Sandboxes.ExpireAll();

        fixture.Upstream.Enqueue(ScriptedTurn.Say("Done."));
        await fixture.CompleteAsync(thread, assistant);

        // What was linked last has the name now.
        fixture.Upstream.ChatRequests[^1]["messages"]![0]!
            .ToJsonString()
            .ShouldContain($"- {file}-data.csv (3 bytes)");
    }

    [Fact]
    public async Task Files_of_later_messages_are_added_to_the_sandbox_that_is_there()
    {
        await using var fixture = await RunFixture.StartAsync();
        var assistant = await fixture.AssistantAsync();
        var first = await fixture.Gateway.UploadAsync("data.csv", "1");
        var thread = await fixture.ThreadAsync();
        await MessageAsync(fixture, thread, first);
        fixture.Upstream.Enqueue(ScriptedTurn.Python("write data.csv changed"), ScriptedTurn.Say("Done."));
        await fixture.CompleteAsync(thread, assistant);
        var sandbox = fixture.Sandboxes.Single;

        var second = await fixture.Gateway.UploadAsync("data.csv", "2");
        await MessageAsync(fixture, thread, second);
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python($"cat data.csv\ncat {second}-data.csv"),
            ScriptedTurn.Say("Done.")
        );
        await fixture.CompleteAsync(thread, assistant);

        fixture.Sandboxes.Single.ShouldBeSameAs(sandbox);
        // What code has changed is not overwritten, and nothing is lost.
        Results(fixture)[^1].ShouldBe("changed\n2\n");
    }

    [Fact]
    public async Task A_file_that_was_deleted_is_left_out()
    {
        await using var fixture = await RunFixture.StartAsync();
        var assistant = await fixture.AssistantAsync();
        var gone = await fixture.Gateway.UploadAsync("gone.csv", "1");
        var kept = await fixture.Gateway.UploadAsync("kept.csv", "2");
        var thread = await fixture.ThreadAsync();
        await MessageAsync(fixture, thread, gone, kept);
        await fixture.Gateway.DeleteAsync($"/v1/files/{gone}");
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python("cat gone.csv\ncat kept.csv"),
            ScriptedTurn.Say(Link + "gone.csv")
        );

        var run = await fixture.CompleteAsync(thread, assistant);

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        Results(fixture)[^1].ShouldBe("no such file\n2\n");
        (await fixture.MessagesAsync(thread))[^1]["content"]![0]!["text"]!["annotations"]!.AsArray().ShouldBeEmpty();
        fixture.Upstream.ChatRequests[0]["messages"]![0]!.ToJsonString().ShouldNotContain("gone.csv");
    }

    [Fact]
    public async Task A_file_that_is_deleted_while_the_run_begins_is_left_out()
    {
        await using var fixture = await RunFixture.StartAsync();
        var file = await fixture.Gateway.UploadAsync("gone.csv", "1");
        var thread = await fixture.ThreadAsync("go");
        await MessageAsync(fixture, thread, file);
        fixture.Upstream.When(
            "^look",
            ScriptedTurn.Python("cat gone.csv") with
            {
                DelayMs = 100,
            },
            ScriptedTurn.Say("Done.")
        );
        var run = await fixture.RunAsync(thread, await fixture.AssistantAsync());
        await Wait.UntilAsync(() => fixture.Upstream.ChatRequests.Count > 0);

        await fixture.Gateway.DeleteAsync($"/v1/files/{file}");

        ((string?)(await fixture.EndAsync(thread, (string)run["id"]!))["status"]).ShouldBe("completed");
    }

    [Fact]
    public async Task An_attached_file_that_code_changed_is_delivered_as_a_new_one()
    {
        await using var fixture = await RunFixture.StartAsync();
        var assistant = await fixture.AssistantAsync();
        var file = await fixture.Gateway.UploadAsync("data.csv", "old");
        var thread = await fixture.ThreadAsync();
        await MessageAsync(fixture, thread, file);

        // As it was given, it is the file that was given; also without any code, and by its id.
        fixture.Upstream.Enqueue(ScriptedTurn.Say(Link + "data.csv"));
        (await LinkedAsync(fixture, thread, assistant)).ShouldBe(file);
        fixture.Upstream.Enqueue(ScriptedTurn.Python("print 1"), ScriptedTurn.Say(Link + "data.csv"));
        (await LinkedAsync(fixture, thread, assistant)).ShouldBe(file);
        fixture.Upstream.Enqueue(ScriptedTurn.Say(Link + file));
        (await LinkedAsync(fixture, thread, assistant)).ShouldBe(file);

        // Changed by the run that links it.
        fixture.Upstream.Enqueue(ScriptedTurn.Python("write data.csv new"), ScriptedTurn.Say(Link + "data.csv"));
        var changed = await LinkedAsync(fixture, thread, assistant);
        changed.ShouldNotBe(file);
        (await fixture.Gateway.Client.GetStringAsync($"/v1/files/{changed}/content")).ShouldBe("new");
        (await fixture.Gateway.Client.GetStringAsync($"/v1/files/{file}/content")).ShouldBe("old");

        // In a new session, the name means what was linked last.
        fixture.Sandboxes.ExpireAll();
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python($"cat data.csv\ncat {file}-data.csv"),
            ScriptedTurn.Say(Link + "data.csv")
        );
        (await LinkedAsync(fixture, thread, assistant)).ShouldBe(changed);
        Results(fixture)[^1].ShouldContain("new\nold\n");
    }

    [Fact]
    public async Task A_change_of_an_earlier_run_counts_too()
    {
        await using var fixture = await RunFixture.StartAsync();
        var assistant = await fixture.AssistantAsync();
        var file = await fixture.Gateway.UploadAsync("data.csv", "old");
        var thread = await fixture.ThreadAsync();
        await MessageAsync(fixture, thread, file);
        fixture.Upstream.Enqueue(ScriptedTurn.Python("write data.csv new"), ScriptedTurn.Say("Done."));
        await fixture.CompleteAsync(thread, assistant);

        fixture.Upstream.Enqueue(ScriptedTurn.Say(Link + "data.csv"));
        var linked = await LinkedAsync(fixture, thread, assistant);

        linked.ShouldNotBe(file);
        (await fixture.Gateway.Client.GetStringAsync($"/v1/files/{linked}/content")).ShouldBe("new");
    }

    [Fact]
    public async Task An_attached_file_can_be_linked_when_the_session_has_ended()
    {
        await using var fixture = await RunFixture.StartAsync();
        var assistant = await fixture.AssistantAsync();
        var file = await fixture.Gateway.UploadAsync("data.csv", "old");
        var thread = await fixture.ThreadAsync();
        await MessageAsync(fixture, thread, file);
        fixture.Upstream.Enqueue(ScriptedTurn.Python("write lost.csv 1"), ScriptedTurn.Say("Done."));
        await fixture.CompleteAsync(thread, assistant);
        fixture.Sandboxes.ExpireAll();

        fixture.Upstream.Enqueue(ScriptedTurn.Say(Link + "data.csv and sandbox:/mnt/data/lost.csv"));

        (await LinkedAsync(fixture, thread, assistant)).ShouldBe(file);
    }

    private static Task<string> AssistantAsync(RunFixture fixture, string file) =>
        fixture.AssistantAsync(extra: $$$""","tool_resources":{"code_interpreter":{"file_ids":["{{{file}}}"]}}""");

    /// <summary>Adds a message with attached files.</summary>
    private static Task<JsonObject> MessageAsync(RunFixture fixture, string thread, params string[] files) =>
        fixture.Gateway.PostAsync(
            $"/v1/threads/{thread}/messages",
            new JsonObject
            {
                ["role"] = "user",
                ["content"] = "look",
                ["attachments"] = new JsonArray([
                    .. files.Select(file => new JsonObject
                    {
                        ["file_id"] = file,
                        ["tools"] = new JsonArray(new JsonObject { ["type"] = "code_interpreter" }),
                    }),
                ]),
            }.ToJsonString()
        );

    /// <summary>Completes a run whose answer links one file, and returns the file's id.</summary>
    private static async Task<string> LinkedAsync(RunFixture fixture, string thread, string assistant)
    {
        var run = await fixture.CompleteAsync(thread, assistant);
        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        var text = (await fixture.MessagesAsync(thread))[^1]["content"]![0]!["text"]!;
        var annotation = text["annotations"]!.AsArray().ShouldHaveSingleItem(text.ToJsonString())!;
        return (string)annotation["file_path"]!["file_id"]!;
    }

    /// <summary>What the model has read of all calls by its last turn.</summary>
    private static List<string> Results(RunFixture fixture) =>
        [
            .. fixture.Upstream.ChatRequests[^1]["messages"]!
                .AsArray()
                .Where(message => (string?)message!["role"] == "tool")
                .Select(message => (string)message!["content"]!),
        ];
}
