using System.Text;
using SandboxOperator.Agent.Link;
using SandboxOperator.Api.Agent;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Link;

public sealed class LinkTests
{
    [Fact]
    public async Task Messages_survive_the_way_whatever_the_size_of_the_pieces()
    {
        LinkMessage[] messages =
        [
            new LinkMessage.Hello(1, [new LimitStatus("memory", "1 MiB", "test")], []),
            new LinkMessage.Ready(),
            new LinkMessage.Run("call_1", "print('é\n\u2028𝄞\"')", 60_000),
            new LinkMessage.Interrupt("call_1"),
            new LinkMessage.Output("call_1", "stdout", new string('x', 200_000)),
            new LinkMessage.Display("call_1", true, new Dictionary<string, string> { ["text/plain"] = "1" }),
            new LinkMessage.Error("call_1", "KeyError", "'a'", "Traceback"),
            new LinkMessage.Done("call_1", CallStatuses.Killed, "killed", true, 1.5),
            new LinkMessage.Lost("killed: out of memory"),
        ];
        var bytes = new MemoryStream();
        var writer = new LinkWriter(bytes);
        foreach (var message in messages)
        {
            writer.Write(message);
        }

        foreach (var pieces in (int[])[1, 7, 4096, int.MaxValue])
        {
            var blocking = new LinkReader(new PiecewiseStream(bytes.ToArray(), pieces));
            var asynchronous = new LinkReader(new PiecewiseStream(bytes.ToArray(), pieces));
            foreach (var expected in messages)
            {
                Line(blocking.Read()).ShouldBe(Line(expected));
                Line(await asynchronous.ReadAsync(CancellationToken.None)).ShouldBe(Line(expected));
            }

            blocking.Read().ShouldBeNull();
            (await asynchronous.ReadAsync(CancellationToken.None)).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"type\":\"unheard-of\"}")]
    [InlineData("{\"type\":\"lost\"}")]
    [InlineData("{\"type\":\"lost\",\"message\":null}")]
    [InlineData("{\"type\":\"display\",\"call\":\"c\",\"is_result\":1,\"data\":{}}")]
    [InlineData("{\"type\":\"ready\"} {}")]
    [InlineData("{\"type\":\"lost\",\"message\":\"\xff")]
    public void What_is_not_a_message_is_refused(string line) =>
        Should.Throw<LinkException>(() => LinkReader.Parse(Encoding.Latin1.GetBytes(line)));

    [Fact]
    public void A_line_over_the_bound_is_refused_and_one_at_the_bound_is_not()
    {
        var reader = new LineReader(new PiecewiseStream(Encoding.ASCII.GetBytes("1234567890\n12345678901\n"), 3), 10);

        reader.Read()!.Value.Length.ShouldBe(10);
        Should.Throw<LinkException>(() => reader.Read());
    }

    [Fact]
    public void An_end_within_a_line_is_an_error() =>
        Should.Throw<LinkException>(() => new LineReader(new PiecewiseStream("abc"u8.ToArray(), 9), 10).Read());

    [Fact]
    public void A_message_over_the_bound_is_not_sent()
    {
        var stream = new MemoryStream();
        var writer = new LinkWriter(stream);

        Should.Throw<LinkException>(() =>
            writer.Write(new LinkMessage.Output("c", "stdout", new string('x', LinkReader.MaxLineBytes)))
        );
        writer.Write(new LinkMessage.Ready());

        Encoding.UTF8.GetString(stream.ToArray()).ShouldBe("{\"type\":\"ready\"}\n");
    }

    private static string Line(LinkMessage? message)
    {
        var stream = new MemoryStream();
        new LinkWriter(stream).Write(message.ShouldNotBeNull());
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
