using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>
/// The events of one call as lines of JSON, for one writer and any number of readers, each from the first event on.
/// Output is kept as text and made into lines for each reader, so that a program that writes byte by byte costs
/// neither memory nor lines once a reader is behind. What is added is there for who looks; who waits is woken by
/// <see cref="Tell"/>, on whose thread it goes on.
/// </summary>
internal sealed class CallTranscript
{
    private const int LineTextBytes = 64 * 1024;

    // Text is not ASCII for half of the world: written as it is, not as \uXXXX.
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private byte[] _text = [];
    private int _textLength;
    private readonly TaskCompletionSource _told = new();
    private TaskCompletionSource _changed = new();
    private bool _ended;

    /// <summary>Completes when readers have been told for the first time.</summary>
    public Task Told => _told.Task;

    /// <summary>A call whose lines were kept.</summary>
    public static CallTranscript Recorded(byte[] lines)
    {
        var transcript = new CallTranscript();
        transcript._entries.Add(new Entry(lines, 0, 0, false));
        transcript._ended = true;
        transcript._told.SetResult();
        return transcript;
    }

    /// <summary>Adds an event that is not output; <see cref="CallDone"/> is the last one.</summary>
    public void Add(CallEvent e)
    {
        var line = Line(e);
        lock (_gate)
        {
            _entries.Add(new Entry(line, 0, 0, false));
            _ended = e is CallDone;
        }
    }

    /// <summary>Adds output.</summary>
    public void Add(OutputPiece piece)
    {
        if (piece.Text.IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            if (_text.Length - _textLength < piece.Text.Length)
            {
                Array.Resize(ref _text, Math.Max(_text.Length * 2, _textLength + piece.Text.Length));
            }

            piece.Text.CopyTo(_text.AsMemory(_textLength));
            var start = _textLength;
            _textLength += piece.Text.Length;
            if (_entries is [.., { Line: null } last] && last.IsError == piece.IsError)
            {
                _entries[^1] = last with { End = _textLength };
            }
            else
            {
                _entries.Add(new Entry(null, start, _textLength, piece.IsError));
            }
        }
    }

    /// <summary>Wakes who waits. Not to be called with a lock that they could want.</summary>
    public void Tell()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            (changed, _changed) = (_changed, new TaskCompletionSource());
        }

        _told.TrySetResult();
        changed.TrySetResult();
    }

    /// <summary>Writes what is new to a reader, up to about <paramref name="maxBytes"/>.</summary>
    /// <returns>False when nothing is new.</returns>
    public bool Read(ref TranscriptPosition position, IBufferWriter<byte> writer, int maxBytes)
    {
        lock (_gate)
        {
            var left = maxBytes;
            while (left > 0 && position.Entry < _entries.Count)
            {
                var entry = _entries[position.Entry];
                if (entry.Line is { } line)
                {
                    left -= CopyLine(line, ref position, writer, left);
                }
                else if (position.Offset < entry.Length)
                {
                    left -= CopyText(entry, ref position, writer);
                }
                else if (position.Entry < _entries.Count - 1)
                {
                    position = new TranscriptPosition(position.Entry + 1, 0);
                }
                else
                {
                    // The last text may still grow.
                    break;
                }
            }

            return left < maxBytes;
        }
    }

    /// <summary>True when a reader has read all there will be.</summary>
    public bool IsEnd(in TranscriptPosition position)
    {
        lock (_gate)
        {
            return _ended && position.Entry == _entries.Count;
        }
    }

    /// <summary>True when a reader has read all that is there now.</summary>
    public bool IsRead(in TranscriptPosition position)
    {
        lock (_gate)
        {
            return !HasMore(position);
        }
    }

    /// <summary>Completes when there is more than a reader has read, or all of it.</summary>
    public Task ChangedAsync(in TranscriptPosition position)
    {
        lock (_gate)
        {
            return _ended || HasMore(position) ? Task.CompletedTask : _changed.Task;
        }
    }

    private bool HasMore(in TranscriptPosition position) =>
        position.Entry < _entries.Count - 1
        || (position.Entry == _entries.Count - 1 && position.Offset < _entries[^1].Length);

    private static int CopyLine(byte[] line, ref TranscriptPosition position, IBufferWriter<byte> writer, int max)
    {
        var count = Math.Min(line.Length - position.Offset, max);
        writer.Write(line.AsSpan(position.Offset, count));
        position =
            position.Offset + count == line.Length
                ? new TranscriptPosition(position.Entry + 1, 0)
                : position with
                {
                    Offset = position.Offset + count,
                };
        return count;
    }

    private int CopyText(in Entry entry, ref TranscriptPosition position, IBufferWriter<byte> writer)
    {
        var text = _text.AsSpan(entry.Start + position.Offset, entry.Length - position.Offset);
        text = text[..Utf8.CharacterStart(text, Math.Min(text.Length, LineTextBytes))];
        WriteOutput(entry.IsError, text, writer);
        position = position with { Offset = position.Offset + text.Length };
        return text.Length;
    }

    private static void WriteOutput(bool isError, ReadOnlySpan<byte> text, IBufferWriter<byte> writer)
    {
        using (var json = new Utf8JsonWriter(writer, s_json))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "output"u8);
            json.WriteString("stream"u8, isError ? "stderr"u8 : "stdout"u8);
            json.WriteString("text"u8, text);
            json.WriteEndObject();
        }

        writer.Write("\n"u8);
    }

    /// <summary>An event as it is written.</summary>
    public static byte[] Line(CallEvent e)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            JsonSerializer.Serialize(json, e, AgentJson.Default.CallEvent);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A line, or a stretch of the text.</summary>
    private readonly record struct Entry(byte[]? Line, int Start, int End, bool IsError)
    {
        public int Length => Line?.Length ?? End - Start;
    }
}
