using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Gateway.Streaming;

namespace SandboxOperator.Gateway.Tests.Streaming;

public sealed class SseWriterTests
{
    private const string KeepAlive = ": keep-alive\n\n";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly Pipe _pipe = new();
    private readonly RunStream _stream = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Silence_is_filled_with_comments_and_the_next_event_comes_at_once()
    {
        using var listener = _stream.Listen();
        var pumping = PumpAsync(listener);

        _time.Advance(SseWriter.KeepAlive - TimeSpan.FromMilliseconds(1));
        _pipe.Reader.TryRead(out _).ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await ReadAsync()).ShouldBe(KeepAlive);
        // The next silence may not have begun yet when the time is moved.
        var comments = "";
        while (comments.Length == 0)
        {
            _time.Advance(SseWriter.KeepAlive);
            comments = _pipe.Reader.TryRead(out var read) ? Take(read) : "";
            await Task.Yield();
        }
        comments.Replace(KeepAlive, "", StringComparison.Ordinal).ShouldBeEmpty();
        _stream.Publish(new RunEvent("thread.run.created", "{}"u8.ToArray()));
        _stream.Complete();
        await pumping;
        await _pipe.Writer.CompleteAsync();

        (await new StreamReader(_pipe.Reader.AsStream()).ReadToEndAsync())
            .Replace(KeepAlive, "", StringComparison.Ordinal)
            .ShouldBe("event: thread.run.created\ndata: {}\n\nevent: done\ndata: [DONE]\n\n");
    }

    [Fact]
    public async Task A_listener_that_does_not_keep_up_gets_what_waits_then_an_error_and_the_end()
    {
        using var listener = _stream.Listen();
        using var other = _stream.Listen();
        for (var i = 0; i <= RunListener.MaxWaitingEvents; i++)
        {
            _stream.Publish(new RunEvent("e", "{}"u8.ToArray()));
            other.TryRead(out _).ShouldBeTrue();
        }
        // What comes later is not for it any more.
        _stream.Publish(new RunEvent("late", "{}"u8.ToArray()));

        var pumping = PumpAsync(listener);
        var text = await ReadToEndAsync(pumping);

        text.ShouldNotContain("late");
        var frames = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        frames.Length.ShouldBe(RunListener.MaxWaitingEvents + 2);
        frames[^2].ShouldStartWith("event: error\ndata: {\"error\":{\"message\":\"The stream was ended because");
        frames[^1].ShouldBe("event: done\ndata: [DONE]");
        other.TryRead(out var last).ShouldBeTrue();
        last.Name.ShouldBe("late");
    }

    [Fact]
    public void Large_events_fill_the_buffer_by_their_size()
    {
        using var listener = _stream.Listen();
        var large = new RunEvent("e", new byte[RunListener.MaxWaitingBytes / 2]);
        for (var i = 0; i < 3; i++)
        {
            _stream.Publish(large);
        }

        List<string> names = [];
        while (listener.TryRead(out var item))
        {
            names.Add(item.Name);
        }
        names.ShouldBe(["e", "e", "error"]);
    }

    private Task PumpAsync(RunListener listener) =>
        SseWriter.PumpAsync(_pipe.Writer, listener, _time, TestContext.Current.CancellationToken);

    private async Task<string> ReadAsync() => Take(await _pipe.Reader.ReadAsync().AsTask().WaitAsync(Deadline));

    private string Take(ReadResult read)
    {
        var text = Encoding.UTF8.GetString(read.Buffer);
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }

    private async Task<string> ReadToEndAsync(Task pumping)
    {
        var reading = new StreamReader(_pipe.Reader.AsStream()).ReadToEndAsync();
        await pumping;
        await _pipe.Writer.CompleteAsync();
        return await reading;
    }
}
