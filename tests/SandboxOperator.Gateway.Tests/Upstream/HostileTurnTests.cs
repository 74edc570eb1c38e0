using System.Text;
using System.Text.Json;
using SandboxOperator.Gateway.Upstream;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Upstream;

/// <summary>An upstream that means harm, or is broken: what it may cost is bounded.</summary>
public sealed class HostileTurnTests
{
    private static readonly string Long = new('x', 1_000_000);

    /// <summary>A number in JSON is two bytes, and an object in memory.</summary>
    private static readonly string Many = string.Join(',', Enumerable.Repeat('1', 50_000));

    [Theory]
    [InlineData("content")]
    [InlineData("refusal")]
    [InlineData("reasoning_content")]
    [InlineData("arguments")]
    [InlineData("name")]
    [InlineData("extra")]
    [InlineData("extra of a call")]
    public void What_one_turn_keeps_is_bounded(string what)
    {
        var delta = what switch
        {
            "arguments" or "name" => $$$"""{"tool_calls":[{"index":0,"function":{"{{{what}}}":"{{{Long}}}"}}]}""",
            "extra" => $$"""{"extra":[{{Many}}]}""",
            "extra of a call" => $$$"""{"tool_calls":[{"index":0,"extra":[{{{Many}}}]}]}""",
            _ => $$"""{"{{what}}":"{{Long}}"}""",
        };
        using var json = JsonDocument.Parse(Delta(delta));
        var turn = new TurnAccumulator();
        Should.Throw<InvalidDataException>(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                _ = turn.Add(json.RootElement);
            }
        });
    }

    [Fact]
    public void Names_without_end_are_bounded()
    {
        var turn = new TurnAccumulator();
        Should.Throw<InvalidDataException>(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                using var json = JsonDocument.Parse(Delta($$"""{"{{i:D100}}":""}"""));
                _ = turn.Add(json.RootElement);
            }
        });
    }

    [Fact]
    public void Far_indexes_repeated_ids_and_ids_without_end_make_calls_in_order()
    {
        var turn = new TurnAccumulator();
        foreach (
            var call in new[]
            {
                """{"index":1000000000,"id":"c","function":{"name":"f","arguments":"1"}}""",
                """{"index":-9223372036854775808,"id":"c","function":{"name":"g","arguments":"2"}}""",
                $$$"""{"index":9223372036854775807,"id":"{{{new string('c', 100_000)}}}","function":{"name":"h","arguments":"3"}}""",
            }
        )
        {
            using var json = JsonDocument.Parse(Delta($$"""{"tool_calls":[{{call}}]}"""));
            _ = turn.Add(json.RootElement);
        }
        _ = turn.Close().ToList();

        var calls = turn.ToTurn(new ModelUsage(0, 0, 0, 0, Estimated: true)).Message["tool_calls"]!.AsArray();

        calls.Select(call => (string?)call!["function"]!["name"]).ShouldBe(["f", "g", "h"]);
        calls.Select(call => (string)call!["id"]!).Distinct().Count().ShouldBe(3);
        calls.ShouldAllBe(call => ((string)call!["id"]!).Length < 100);
    }

    [Theory]
    [InlineData("-5", 0)]
    [InlineData("9223372036854775807", 1_000_000_000)]
    public void Tokens_that_cannot_be_are_put_right(string reported, long counted)
    {
        using var json = JsonDocument.Parse(
            $$"""{"choices":[],"usage":{"prompt_tokens": {{reported}} ,"completion_tokens": {{reported}} ,"prompt_tokens_details":{"cached_tokens": {{reported}} } } }"""
        );
        var turn = new TurnAccumulator();
        _ = turn.Add(json.RootElement);
        turn.Usage.ShouldBe(new ModelUsage(counted, counted, counted, 0, Estimated: false));
    }

    [Theory]
    [InlineData("\n\n", false)]
    [InlineData("\r\n\r\n", false)]
    [InlineData("\n", true)]
    [InlineData("\r\n", true)]
    [InlineData("", true)]
    public async Task Only_an_empty_line_ends_an_event(string end, bool isTooLarge)
    {
        // 1. Twelve MiB with such an end after every part, read in pieces that cut ends in two.
        var part = Encoding.ASCII.GetBytes($"data: {new string('a', 64 * 1024 - 7)}{end}");
        var parts = Enumerable.Repeat(part, 200).SelectMany(bytes => bytes).ToArray();
        await using var stream = new WatchedStream(
            new MemoryStream(parts),
            TimeSpan.FromMinutes(1),
            TimeSpan.FromMinutes(1),
            TimeProvider.System
        );

        // 2. It is read whole, or given up after eight.
        var buffer = new byte[65_521];
        var reading = async () =>
        {
            while (await stream.ReadAsync(buffer) > 0) { }
        };
        if (isTooLarge)
        {
            await Should.ThrowAsync<InvalidDataException>(reading);
        }
        else
        {
            await Should.NotThrowAsync(reading);
        }
    }

    private static string Delta(string delta) => $$"""{"choices":[{"delta":{{delta}}}]}""";
}
