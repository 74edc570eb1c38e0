using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Runs;

/// <summary>What the settings of a run do to what the model reads.</summary>
public sealed class RunSettingsTests
{
    [Fact]
    public async Task Additional_messages_and_instructions_reach_the_model()
    {
        await using var fixture = await RunFixture.StartAsync();
        var thread = await fixture.ThreadAsync("first");
        var assistant = await fixture.AssistantAsync("[]", ""","instructions":"Base.","metadata":{}""");

        await fixture.CompleteAsync(
            thread,
            assistant,
            ""","additional_instructions":"More.","additional_messages":[{"role":"assistant","content":"second"},{"role":"user","content":"third","metadata":{"k":"v"}}]"""
        );

        var messages = Sent(fixture, 0);
        messages.Select(Role).ShouldBe(["system", "user", "assistant", "user"]);
        Text(messages[0]).ShouldBe("Base. More.");
        messages.Skip(1).Select(Text).ShouldBe(["first", "second", "third"]);
        var stored = await fixture.MessagesAsync(thread);
        stored.Count.ShouldBe(4);
        stored[2]["metadata"]!.ToJsonString().ShouldBe("""{"k":"v"}""");
        stored[2]["run_id"].ShouldBeNull();

        // They were for one run: the next has the assistant's instructions, and the thread as it is.
        await fixture.CompleteAsync(thread, assistant, ""","instructions":"Instead.","additional_messages":[]""");
        Text(Sent(fixture, 1)[0]).ShouldBe("Instead.");
        Sent(fixture, 1).Count.ShouldBe(5);
    }

    [Fact]
    public async Task The_last_messages_only_are_sent_when_asked_for()
    {
        await using var fixture = await RunFixture.StartAsync();
        var thread = await fixture.ThreadAsync("one");
        foreach (var text in new[] { "two", "three" })
        {
            await fixture.Gateway.PostAsync(
                $"/v1/threads/{thread}/messages",
                $$"""{"role":"user","content":"{{text}}"}"""
            );
        }

        await fixture.CompleteAsync(
            thread,
            await fixture.AssistantAsync("[]"),
            ""","truncation_strategy":{"type":"last_messages","last_messages":2}"""
        );

        Sent(fixture, 0).Select(Text).ShouldBe(["two", "three"]);
    }

    [Theory]
    [InlineData("""{"type":"code_interpreter"}""", """{"type":"function","function":{"name":"python"}}""")]
    [InlineData("\"required\"", "\"required\"")]
    public async Task A_forced_choice_of_tools_holds_for_the_first_turn(string choice, string sent)
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(ScriptedTurn.Python("print 1"), ScriptedTurn.Say("Done."));
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync(), $",\"tool_choice\":{choice}");

        ((string?)run["status"]).ShouldBe("completed");
        fixture.Upstream.ChatRequests.Count.ShouldBe(2);
        fixture.Upstream.ChatRequests[0]["tool_choice"]!.ToJsonString().ShouldBe(sent);
        fixture.Upstream.ChatRequests[1]["tool_choice"].ShouldBeNull();
    }

    [Fact]
    public async Task No_tools_are_called_when_none_is_chosen()
    {
        await using var fixture = await RunFixture.StartAsync();
        var thread = await fixture.ThreadAsync();

        await fixture.CompleteAsync(thread, await fixture.AssistantAsync(), ""","tool_choice":"none" """);

        ((string?)fixture.Upstream.ChatRequests.ShouldHaveSingleItem()["tool_choice"]).ShouldBe("none");
    }

    [Fact]
    public async Task A_prompt_beyond_the_limit_makes_the_run_incomplete_before_anything_is_sent()
    {
        await using var fixture = await RunFixture.StartAsync();
        var thread = await fixture.ThreadAsync(string.Concat(Enumerable.Repeat("number ", 2000)));

        var run = await fixture.CompleteAsync(
            thread,
            await fixture.AssistantAsync("[]"),
            ""","max_prompt_tokens":256"""
        );

        ((string?)run["status"]).ShouldBe("incomplete", run.ToJsonString());
        run["incomplete_details"]!.ToJsonString().ShouldBe("""{"reason":"max_prompt_tokens"}""");
        run["expires_at"].ShouldBeNull();
        fixture.Upstream.ChatRequests.ShouldBeEmpty();
        // The thread is free again.
        await fixture.Gateway.PostAsync($"/v1/threads/{thread}/messages", """{"role":"user","content":"shorter"}""");
    }

    [Fact]
    public async Task Prompts_of_all_turns_count_against_the_limit()
    {
        await using var fixture = await RunFixture.StartAsync();
        var usage = JsonNode.Parse("""{"prompt_tokens":5000,"completion_tokens":3,"total_tokens":5003}""")!.AsObject();
        fixture.Upstream.Enqueue(ScriptedTurn.Python("print 1") with { Usage = usage });
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync(), ""","max_prompt_tokens":5000""");

        run["incomplete_details"]!.ToJsonString().ShouldBe("""{"reason":"max_prompt_tokens"}""");
        ((int?)run["usage"]!["prompt_tokens"]).ShouldBe(5000);
        fixture.Upstream.ChatRequests.Count.ShouldBe(1);
        var step = (await fixture.StepsAsync(thread, (string)run["id"]!)).ShouldHaveSingleItem();
        ((string?)step["status"]).ShouldBe("completed");
    }

    private static JsonArray Sent(RunFixture fixture, int request) =>
        fixture.Upstream.ChatRequests[request]["messages"]!.AsArray();

    private static string? Role(JsonNode? message) => (string?)message!["role"];

    private static string? Text(JsonNode? message) =>
        message!["content"] is JsonArray parts ? (string?)parts[0]!["text"] : (string?)message["content"];
}
