using System.Text.Json;
using SandboxOperator.Gateway.Console.Runs;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class JsonBeginningTests
{
    private const string Sample =
        """[{"type":"text","a":12,"b":[true, null],"text":{"value":"x\"\\é😀 y\ud83d\ude00","annotations":[]}}, {"n":-1.5}]""";

    [Fact]
    public void Wherever_a_text_is_cut_its_beginning_can_be_read()
    {
        var whole = JsonSerializer
            .Deserialize<JsonElement>(Sample)[0]
            .GetProperty("text")
            .GetProperty("value")
            .GetString()!;
        for (var length = 1; length < Sample.Length; length++)
        {
            using var read = JsonDocument.Parse(JsonBeginning.Close(Sample[..length], out var cut));

            cut.ShouldBeTrue(Sample[..length]);
            var text = read.RootElement.EnumerateArray().FirstOrDefault();
            if (text.ValueKind == JsonValueKind.Object && text.TryGetProperty("text", out var part))
            {
                var value = part.TryGetProperty("value", out var found) ? found.GetString()! : "";
                whole.ShouldStartWith(value);
            }
        }
    }

    [Theory]
    [InlineData(Sample)]
    [InlineData("[]")]
    [InlineData("""{"a":"b"}""")]
    public void What_is_whole_stays_as_it_is(string json)
    {
        JsonBeginning.Close(json, out var cut).ShouldBe(json);

        cut.ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"a":1,"b""", """{"a":1}""")]
    [InlineData("""{"a":1,"b":tr""", """{"a":1}""")]
    [InlineData("""{"a":"b""", """{"a":"b"}""")]
    [InlineData("""["a","b\""", """["a","b"]""")]
    [InlineData("""[{"a":[1,2""", """[{"a":[1]}]""")]
    public void What_is_open_is_closed(string beginning, string expected) =>
        JsonBeginning.Close(beginning, out _).ShouldBe(expected);
}
