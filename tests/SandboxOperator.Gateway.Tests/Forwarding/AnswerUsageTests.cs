using System.Net.Http.Headers;
using System.Text;
using SandboxOperator.Gateway.Forwarding;

namespace SandboxOperator.Gateway.Tests.Forwarding;

public sealed class AnswerUsageTests
{
    private const string Json = "application/json";
    private const string Events = "text/event-stream";

    [Theory]
    [InlineData(Json, """{"id":"x","usage":{"prompt_tokens":7,"completion_tokens":3}}""", 7L, 3L)]
    [InlineData(Json, """ { "usage" : { "prompt_tokens" : 7, "x":{"y":[1]} } , "data":[{"usage":{}}] } """, 7L, 0L)]
    [InlineData(Json, """{"a\\\"usage":{"prompt_tokens":1},"usage":{"prompt_tokens":7,"a":"}\"}"}}""", 7L, 0L)]
    [InlineData(Json, """{"usage":{"input_tokens":7,"output_tokens":3,"total_tokens":10}}""", 7L, 3L)]
    [InlineData(Json, """{"usage":{"prompt_tokens":-7,"completion_tokens":-1}}""", 0L, 0L)]
    [InlineData(Json, """{"usage":{"prompt_tokens":9000000000000000000}}""", 1_000_000_000L, 0L)]
    [InlineData(Json, """{"usage":{"prompt_tokens":7},"usage":null}""", 7L, 0L)]
    [InlineData(Json, """{"usage":{"prompt_tokens":99999999999999999999}}""", null, 0L)]
    [InlineData(Json, """{"usage":{"prompt_tokens":"7","completion_tokens":"3"}}""", null, 0L)]
    [InlineData(Json, """{"usage":{"prompt_tokens":1.5}}""", null, 0L)]
    [InlineData(Json, """{"usage":{"prompt_tokens":7""", null, 0L)]
    [InlineData(Json, """{"usage":{"\udc00":1,"prompt_tokens"}}""", null, 0L)]
    [InlineData(Json, """{"usage":"usage","x":{"usage":{"prompt_tokens":7}}}""", null, 0L)]
    [InlineData(Json, """["usage",{"prompt_tokens":7}]""", null, 0L)]
    [InlineData(Json, """}}}]]{"usage":{"prompt_tokens":7}}""", null, 0L)]
    [InlineData(Json, "", null, 0L)]
    [InlineData("image/png", """{"usage":{"prompt_tokens":7}}""", null, 0L)]
    [InlineData(
        Events,
        ": hello\n\ndata: {\"usage\":null,\"choices\":[{\"text\":\"data: {\"}]}\n\ndata:{\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}\n\ndata: [DONE]\n\n",
        7L,
        3L
    )]
    [InlineData(
        Events,
        "event: a\r\ndata: {\"usage\":\r\ndata: {\"prompt_tokens\":7}}\r\n\r\ndata: {\"a\":\r\n\r\n",
        7L,
        0L
    )]
    [InlineData(Events, "data: {\"a\":\"\n\ndata: {\"usage\":{\"prompt_tokens\":7}}\n\n", 7L, 0L)]
    [InlineData(Events, "date: {\"usage\":{\"prompt_tokens\":7}}\n\n", null, 0L)]
    public async Task Usage_is_found_however_the_answer_comes_in_pieces(
        string type,
        string answer,
        long? read,
        long written
    )
    {
        var bytes = Encoding.UTF8.GetBytes(answer);
        foreach (var size in (int[])[1, 2, 3, 7, 64, 100_000])
        {
            var usage = new AnswerUsage(Content(type));
            (await ThroughAsync(usage, bytes, size)).ShouldBe(bytes);

            (usage.Usage?.PromptTokens).ShouldBe(read);
            (usage.Usage?.CompletionTokens ?? 0).ShouldBe(written);
        }
    }

    [Fact]
    public async Task What_is_too_large_to_be_usage_is_not_kept_and_what_follows_is_found()
    {
        var large = new string('x', 5_000_000);
        var bytes = Encoding.UTF8.GetBytes(
            $$$"""{"b64":"{{{large}}}","usage":{"prompt_tokens":1,"x":"{{{large}}}"},"usage":{"prompt_tokens":7}}"""
        );
        var usage = new AnswerUsage(Content(Json));

        (await ThroughAsync(usage, bytes, 65_536)).Length.ShouldBe(bytes.Length);

        usage.Usage!.PromptTokens.ShouldBe(7);
    }

    [Fact]
    public void An_answer_that_is_compressed_is_not_read()
    {
        var content = Content(Json);
        content.Headers.ContentEncoding.Add("gzip");
        using var stream = new MemoryStream();
        new AnswerUsage(content).Watch(stream).ShouldBeSameAs(stream);
    }

    private static ByteArrayContent Content(string type)
    {
        var content = new ByteArrayContent([]);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    private static async Task<byte[]> ThroughAsync(AnswerUsage usage, byte[] bytes, int size)
    {
        await using var stream = usage.Watch(new MemoryStream(bytes));
        var buffer = new byte[size];
        var all = new MemoryStream();
        while (await stream.ReadAsync(buffer.AsMemory()) is > 0 and var read)
        {
            all.Write(buffer.AsSpan(0, read));
        }

        return all.ToArray();
    }
}
