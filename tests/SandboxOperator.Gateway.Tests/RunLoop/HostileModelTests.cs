using System.Globalization;
using System.Text.Json.Nodes;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.RunLoop;

/// <summary>Runs with a model that says what no model should say.</summary>
public sealed class HostileModelTests
{
    [Fact]
    public async Task Odd_characters_deep_nesting_and_impossible_numbers_do_not_stop_a_run()
    {
        await using var fixture = await RunFixture.StartAsync();
        var nested = new string('[', 100_000);
        fixture.Upstream.Enqueue(
            new ScriptedTurn
            {
                Raw =
                [
                    """
                    data: {"choices":[{"delta":{"content":"\u0000 \ud83d."}}]}


                    """,
                    $$$"""
                    data: {"choices":[{"delta":{"tool_calls":[{"index":1000000000,"id":"\u0000","function":{"name":"python","arguments":"{\"code\":{{{nested}}}"}}]}}]}


                    """,
                    """
                    data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":-1,"completion_tokens":9223372036854775807}}

                    data: [DONE]


                    """,
                ],
            },
            ScriptedTurn.Say("Done.")
        );
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        var texts = (await fixture.MessagesAsync(thread)).Select(message =>
            (string?)message["content"]![0]!["text"]!["value"]
        );
        texts.ShouldBe(["hello", "\0 \uFFFD.", "Done."]);
        fixture.Sandboxes.Single.Executed.Single().ShouldBe($$"""{"code":{{nested}}""");
    }

    [Fact]
    public async Task White_space_in_a_million_pieces_is_no_message_and_links_beyond_a_thousand_are_text()
    {
        await using var fixture = await RunFixture.StartAsync();
        var spaces = string.Concat(
            Enumerable.Repeat("data: {\"choices\":[{\"delta\":{\"content\":\" \"}}]}\n\n", 100_000)
        );
        var links = string.Join(
            ' ',
            Enumerable.Range(0, 3000).Select(i => string.Create(CultureInfo.InvariantCulture, $"sandbox:/mnt/data/{i}"))
        );
        fixture.Upstream.Enqueue(
            new ScriptedTurn
            {
                Raw =
                [
                    spaces,
                    $"data: {new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["delta"] = new JsonObject { ["content"] = links }, ["finish_reason"] = "stop" }) }.ToJsonString()}\n\ndata: [DONE]\n\n",
                ],
            }
        );
        var thread = await fixture.ThreadAsync();

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        var text = (string)(await fixture.MessagesAsync(thread))[^1]["content"]![0]!["text"]!["value"]!;
        text.Trim().ShouldBe(links);
    }
}
