using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SandboxOperator.Agent.Link;

/// <summary>Writes messages to a stream, each as one line. For one writer at a time.</summary>
internal sealed class LinkWriter(Stream stream)
{
    private const int IdleBufferBytes = 64 * 1024;

    // Text is not ASCII for half of the world: written as it is, not as \uXXXX.
    private static readonly JsonWriterOptions s_options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private ArrayBufferWriter<byte> _buffer = new(1024);

    /// <summary>Writes one message, blocking until the peer's socket has taken it.</summary>
    /// <exception cref="LinkException">The message is longer than the protocol allows; nothing was written.</exception>
    public void Write(LinkMessage message)
    {
        Add(message);
        Flush();
    }

    /// <summary>Writes one message that a buffering stream may keep until <see cref="Flush"/>.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public void Add(LinkMessage message)
    {
        Serialize(message);
        stream.Write(_buffer.WrittenSpan);
    }

    /// <summary>Sends what was added.</summary>
    public void Flush() => stream.Flush();

    /// <inheritdoc cref="Write" />
    public async ValueTask WriteAsync(LinkMessage message, CancellationToken cancellationToken)
    {
        Serialize(message);
        await stream.WriteAsync(_buffer.WrittenMemory, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    private void Serialize(LinkMessage message)
    {
        if (_buffer.Capacity > IdleBufferBytes)
        {
            _buffer = new ArrayBufferWriter<byte>(1024);
        }

        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, s_options))
        {
            JsonSerializer.Serialize(json, message, LinkJson.Default.LinkMessage);
        }

        if (_buffer.WrittenCount > LinkReader.MaxLineBytes)
        {
            var bytes = _buffer.WrittenCount;
            _buffer = new ArrayBufferWriter<byte>(1024);
            throw new LinkException($"a message of {bytes} bytes is longer than {LinkReader.MaxLineBytes}");
        }

        _buffer.Write("\n"u8);
    }
}
