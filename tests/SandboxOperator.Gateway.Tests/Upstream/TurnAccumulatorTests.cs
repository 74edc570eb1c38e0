using System.Text.Json;
using SandboxOperator.Gateway.Upstream;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Upstream;

public sealed class TurnAccumulatorTests
{
    private static readonly ModelUsage Nothing = new(0, 0, 0, 0, Estimated: true);

    [Fact]
    public void Calls_without_ids_and_indexes_get_them()
    {
        var (events, turn) = Run(
            """{"tool_calls":[{"function":{"name":"f","arguments":"{\"a\":1}"}}]}""",
            """{"tool_calls":[{"function":{"name":"g","arguments":"{}"}}]}"""
        );
        events.OfType<ModelToolCallDelta>().Select(call => (call.Index, call.Name)).ShouldBe([(0, "f"), (1, "g")]);
        var ids = turn.Message["tool_calls"]!.AsArray().Select(call => (string)call!["id"]!).ToList();
        ids.ShouldAllBe(id => id.Length > 0);
        ids.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void A_name_that_comes_late_in_pieces_or_again_is_told_once()
    {
        var (events, _) = Run(
            """{"tool_calls":[{"index":0,"id":"c","function":{"name":"py"}}]}""",
            """{"tool_calls":[{"index":0,"function":{"name":"thon","arguments":""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"name":"python","arguments":"{}"}}]}""",
            """{"tool_calls":[{"index":0,"id":"c","function":{"name":"python","arguments":" "}}]}"""
        );
        var calls = events.OfType<ModelToolCallDelta>().ToList();
        calls.Select(call => call.Name).ShouldBe(["python", null]);
        string.Concat(calls.Select(call => call.Arguments)).ShouldBe("{} ");
    }

    [Fact]
    public void Arguments_before_the_name_wait_for_it()
    {
        var (events, _) = Run(
            """{"tool_calls":[{"index":0,"id":"c","function":{"arguments":"{\"a\""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"name":"f","arguments":":1}"}}]}"""
        );
        events.OfType<ModelToolCallDelta>().ShouldHaveSingleItem().Arguments.ShouldBe("{\"a\":1}");
    }

    [Fact]
    public void Calls_that_all_have_index_zero_are_told_apart_by_id()
    {
        var (events, _) = Run(
            """{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}""",
            """{"tool_calls":[{"index":0,"id":"b","function":{"name":"f","arguments":"{}"}}]}"""
        );
        events.OfType<ModelToolCallDelta>().Select(call => (call.Index, call.Id)).ShouldBe([(0, "a"), (1, "b")]);
    }

    [Fact]
    public void A_repeated_id_is_replaced()
    {
        var (_, turn) = Run(
            """{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}""",
            """{"tool_calls":[{"index":1,"id":"a","function":{"name":"f","arguments":"{}"}}]}"""
        );
        turn.Message["tool_calls"]!.AsArray().Select(call => (string)call!["id"]!).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void An_object_as_arguments_and_fields_of_calls_are_kept()
    {
        var (_, turn) = Run(
            """{"tool_calls":[{"index":0,"id":"a","extra_content":{"s":"1"},"function":{"name":"f","arguments":{"a":1}}}]}"""
        );
        var call = turn.Message["tool_calls"]![0]!;
        ((string?)call["function"]!["arguments"]).ShouldBe("""{"a":1}""");
        ((string?)call["extra_content"]!["s"]).ShouldBe("1");
    }

    [Fact]
    public void A_character_cut_between_chunks_is_whole_again()
    {
        var (events, turn) = Run("""{"content":"a\ud83c"}""", """{"content":"\udf89b"}""");
        ((string?)turn.Message["content"]).ShouldBe("a🎉b");
        events.OfType<ModelTextDelta>().ShouldAllBe(delta => !char.IsSurrogate(delta.Text[0]) || delta.Text.Length > 1);
    }

    [Theory]
    [InlineData("""{"choices":null}""")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":[{"delta":null}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":null,"tool_calls":null}}]}""")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":[null,{},{"function":null}]}}]}""")]
    [InlineData("""{"choices":[{"delta":{"x":1,"x":2,"content":[{"type":"text","text":"t"},3]}}]}""")]
    [InlineData("""[1]""")]
    [InlineData("3")]
    public void Odd_chunks_do_no_harm(string chunk)
    {
        var accumulator = new TurnAccumulator();
        using var json = JsonDocument.Parse(chunk);
        _ = accumulator.Add(json.RootElement).ToList();
        _ = accumulator.Close().ToList();
        accumulator.ToTurn(Nothing).Message.ToJsonString().ShouldNotBeEmpty();
    }

    private static (List<ModelEvent> Events, ModelTurn Turn) Run(params string[] deltas)
    {
        var accumulator = new TurnAccumulator();
        var events = new List<ModelEvent>();
        foreach (var delta in deltas)
        {
            using var json = JsonDocument.Parse($$"""{"choices":[{"index":0,"delta":{{delta}}}]}""");
            events.AddRange(accumulator.Add(json.RootElement));
        }
        events.AddRange(accumulator.Close());
        return (events, accumulator.ToTurn(Nothing));
    }
}
