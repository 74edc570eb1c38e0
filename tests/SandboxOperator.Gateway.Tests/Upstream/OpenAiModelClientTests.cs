using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Upstream;
using SandboxOperator.Testing.ScriptedUpstream;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Upstream;

public sealed class OpenAiModelClientTests
{
    private const string Code = "print('é 🎉 \\n \"x\"')\n# \u0001 ende";

    [Fact]
    public async Task Text_comes_in_pieces_and_then_the_turn_with_usage()
    {
        await using var fixture = await ClientFixture.StartAsync();
        var events = await fixture.AskAsync(ScriptedTurn.Say("Grüße 🎉 an alle"));

        string.Concat(events.OfType<ModelTextDelta>().Select(e => e.Text)).ShouldBe("Grüße 🎉 an alle");
        events.OfType<ModelTextDelta>().Count().ShouldBeGreaterThan(2);
        var turn = events[^1].ShouldBeOfType<ModelTurn>();
        turn.FinishReason.ShouldBe("stop");
        turn.Usage.Estimated.ShouldBeFalse();
        turn.Usage.PromptTokens.ShouldBeGreaterThan(0);
        ((string?)turn.Message["content"]).ShouldBe("Grüße 🎉 an alle");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Code_survives_any_cut_of_its_arguments(int chunk)
    {
        await using var fixture = await ClientFixture.StartAsync();
        var events = await fixture.AskAsync(ScriptedTurn.Python(Code, "Let me see") with { ChunkSize = chunk });

        var calls = events.OfType<ModelToolCallDelta>().ToList();
        calls[0].Name.ShouldBe("python");
        calls[0].Id.ShouldNotBeNullOrEmpty();
        calls.Skip(1).ShouldAllBe(call => call.Name == null && call.Id == null);
        var decoder = new PythonArgumentsDecoder();
        var code = string.Concat(calls.Select(call => decoder.Push(call.Arguments))) + decoder.Finish();
        code.ShouldBe(Code);
        var turn = events[^1].ShouldBeOfType<ModelTurn>();
        turn.FinishReason.ShouldBe("tool_calls");
        PythonArgumentsDecoder
            .Decode((string)turn.Message["tool_calls"]![0]!["function"]!["arguments"]!)
            .ShouldBe(Code);
    }

    [Fact]
    public async Task Several_calls_keep_their_order_and_get_indexes_from_zero()
    {
        await using var fixture = await ClientFixture.StartAsync();
        var events = await fixture.AskAsync(
            new ScriptedTurn
            {
                ToolCalls =
                [
                    new ScriptedToolCall { Python = "1" },
                    new ScriptedToolCall { Name = "f", Arguments = "{}" },
                    new ScriptedToolCall { Name = "g" },
                ],
            }
        );
        events
            .OfType<ModelToolCallDelta>()
            .Where(call => call.Name != null)
            .Select(call => (call.Index, call.Name))
            .ShouldBe([(0, "python"), (1, "f"), (2, "g")]);
    }

    [Fact]
    public async Task Unknown_fields_are_kept_for_later_requests()
    {
        await using var fixture = await ClientFixture.StartAsync();
        var events = await fixture.AskAsync(ScriptedTurn.Say("yes") with { Reasoning = "because of that" });
        ((string?)((ModelTurn)events[^1]).Message["reasoning_content"]).ShouldBe("because of that");
    }

    [Fact]
    public async Task A_refusal_is_told_and_kept()
    {
        await using var fixture = await ClientFixture.StartAsync();
        var events = await fixture.AskAsync(new ScriptedTurn { Refusal = "No, I won't." });
        string.Concat(events.OfType<ModelRefusalDelta>().Select(e => e.Text)).ShouldBe("No, I won't.");
        ((string?)((ModelTurn)events[^1]).Message["refusal"]).ShouldBe("No, I won't.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("eos")]
    [InlineData("length")]
    public async Task Any_finish_reason_is_taken(string reason)
    {
        await using var fixture = await ClientFixture.StartAsync();
        var events = await fixture.AskAsync(ScriptedTurn.Say("hi") with { FinishReason = reason });
        ((ModelTurn)events[^1]).FinishReason.ShouldBe(reason);
    }

    [Fact]
    public async Task Missing_usage_is_estimated_and_marked()
    {
        await using var fixture = await ClientFixture.StartAsync();
        var usage = (
            (ModelTurn)(await fixture.AskAsync(ScriptedTurn.Say("one two") with { NoUsage = true }))[^1]
        ).Usage;
        usage.Estimated.ShouldBeTrue();
        usage.PromptTokens.ShouldBeGreaterThan(0);
        usage.CompletionTokens.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Stream_options_are_left_out_once_they_were_refused()
    {
        await using var fixture = await ClientFixture.StartAsync();
        var picky = ScriptedTurn.Say("fine") with { Fault = new ScriptedFault { RejectsStreamOptions = true } };
        // The refusal uses up a queued turn: the next one answers.
        fixture.Server.Enqueue(picky, picky, picky);
        await fixture.AskAsync();
        await fixture.AskAsync();
        fixture
            .Server.ChatRequests.Select(request => request.ContainsKey("stream_options"))
            .ShouldBe([true, false, false]);
    }

    [Fact]
    public async Task Requests_carry_the_key_and_only_what_was_set()
    {
        await using var fixture = await ClientFixture.StartAsync(options => options.ApiKey = "sk-test");
        await fixture.AskAsync(ScriptedTurn.Say("x"));
        fixture.Server.Requests[0].Headers["authorization"].ShouldBe("Bearer sk-test");
        fixture
            .Server.ChatRequests[0]
            .Select(property => property.Key)
            .ShouldBe(["model", "stream", "stream_options", "messages"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_slash_at_the_end_of_the_address_does_no_harm()
    {
        await using var fixture = await ClientFixture.StartAsync(options => options.BaseUrl += "/");
        await fixture.AskAsync(ScriptedTurn.Say("x"));
        fixture.Server.Requests.ShouldHaveSingleItem().Path.ShouldBe("/v1/chat/completions");
    }

    [Fact]
    public async Task A_server_that_does_not_stream_is_understood()
    {
        await using var fixture = await ClientFixture.StartAsync();
        const string body =
            """{"choices":[{"message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}]}""";
        var events = await fixture.AskAsync(new ScriptedTurn { Raw = [body], RawContentType = "application/json" });
        events.OfType<ModelTextDelta>().ShouldHaveSingleItem().Text.ShouldBe("whole");
    }

    [Fact]
    public async Task Comments_and_chunks_that_are_not_json_do_not_hang()
    {
        await using var fixture = await ClientFixture.StartAsync(options => options.MaxAttempts = 2);
        fixture.Server.When("hello", new ScriptedTurn { Raw = [": wait\n\n", "data: {not json\n\n"] });
        var exception = await Should.ThrowAsync<ModelException>(() => fixture.AskAsync());
        exception.Failure.ShouldBe(ModelFailure.Server);
    }

    [Fact]
    public async Task Cancelling_ends_a_silent_stream()
    {
        await using var fixture = await ClientFixture.StartAsync();
        using var cancel = new CancellationTokenSource();
        var turn = ScriptedTurn.Say("hello") with
        {
            Fault = new ScriptedFault { HangAfter = 2, Times = 0 },
        };
        fixture.Server.Enqueue(turn);
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in fixture.Client.StreamAsync(Requests.Hello(), cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });
    }
}
