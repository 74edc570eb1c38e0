using System.Buffers;
using System.Text;
using SandboxOperator.Agent.Link;

namespace SandboxOperator.Agent.Init;

/// <summary>
/// One of the kernel's output streams. Bytes become text here, and a call that prints without end is cut here: the first
/// part passes, of the rest only the end is kept, and the kernel never waits longer than copying takes.
/// </summary>
internal sealed class OutputPipe(string stream, int descriptor)
{
    /// <summary>What a pipe holds at most, asked of the system; reading this much empties it of what was there.</summary>
    public const int PipeBytes = 256 * 1024;

    private const int HeadBytes = 4 << 20;
    private const int TailBytes = 1 << 20;
    private const int BackgroundBytes = 64 << 10;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private TailBuffer? _tail;
    private long _passed;

    public int Descriptor { get; private set; } = descriptor;

    /// <summary>
    /// Reads what is there, at most a little more than the pipe holds. With no call its text waits for the next one.
    /// </summary>
    public void Drain(string? call, LinkWriter writer, Span<byte> buffer)
    {
        for (var budget = PipeBytes * 2; budget > 0 && Descriptor >= 0; )
        {
            var count = Descriptors.Read(Descriptor, buffer);
            if (count < 0)
            {
                return;
            }

            if (count == 0)
            {
                Close();
                return;
            }

            budget -= count;
            Take(buffer[..count], call, writer);
        }
    }

    /// <summary>Begins a call with what was printed since the last one.</summary>
    public void Begin(string call, LinkWriter writer)
    {
        _passed = 0;
        WriteTail(call, writer);
    }

    /// <summary>Ends a call: what was held back is written.</summary>
    public void End(string call, LinkWriter writer) => WriteTail(call, writer);

    public void Close()
    {
        Descriptors.Close(Descriptor);
        Descriptor = -1;
    }

    private void Take(ReadOnlySpan<byte> bytes, string? call, LinkWriter writer)
    {
        if (call is null || _passed >= HeadBytes)
        {
            (_tail ??= new TailBuffer(call is null ? BackgroundBytes : TailBytes)).Append(bytes);
            return;
        }

        _passed += bytes.Length;
        var text = Decode(bytes);
        if (text.Length > 0)
        {
            writer.Add(new LinkMessage.Output(call, stream, text));
        }
    }

    private void WriteTail(string call, LinkWriter writer)
    {
        if (_tail is not { } tail)
        {
            return;
        }

        _tail = null;
        var bytes = tail.Take();
        if (tail.Dropped > 0)
        {
            _decoder.Reset();
        }

        var text = Decode(bytes);
        if (text.Length > 0)
        {
            writer.Add(new LinkMessage.Output(call, stream, text, tail.Dropped));
        }
    }

    private string Decode(ReadOnlySpan<byte> bytes)
    {
        // Not GetCharCount first: it forgets bytes of a character that comes in more than two pieces.
        var chars = ArrayPool<char>.Shared.Rent(bytes.Length + 4);
        var text = new string(chars, 0, _decoder.GetChars(bytes, chars, flush: false));
        ArrayPool<char>.Shared.Return(chars);
        return text;
    }
}
