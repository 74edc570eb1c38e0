using System.Buffers;
using System.IO.Pipelines;

namespace SandboxOperator.Sandboxes.Agents;

/// <summary>The lines of an event stream, none longer than allowed, none awaited longer than allowed.</summary>
internal sealed class EventLines : IDisposable
{
    private readonly PipeReader _reader;
    private readonly int _lineBytes;
    private readonly TimeSpan _silence;
    private readonly Deadline _deadline;
    private ReadOnlySequence<byte> _unread;
    private bool _ended;
    private bool _holding;

    public EventLines(Stream stream, int lineBytes, TimeSpan silence, Deadline deadline)
    {
        _reader = PipeReader.Create(
            stream,
            new StreamPipeReaderOptions(bufferSize: 32 << 10, minimumReadSize: 4 << 10)
        );
        _lineBytes = lineBytes;
        _silence = silence;
        _deadline = deadline;
    }

    /// <summary>The next line without its line feed, valid until the next call; null when the stream was cut.</summary>
    /// <exception cref="AgentProtocolException">The line is too long.</exception>
    /// <exception cref="TimeoutException">No byte came for too long.</exception>
    public async ValueTask<ReadOnlySequence<byte>?> NextAsync()
    {
        // 1. A line may be left of what the last read gave.
        var scanned = 0L;
        while (true)
        {
            if (_unread.Slice(scanned).PositionOf((byte)'\n') is { } end)
            {
                var line = _unread.Slice(0, end);
                if (line.Length > _lineBytes)
                {
                    throw TooLong();
                }

                _unread = _unread.Slice(_unread.GetPosition(1, end));
                return line;
            }

            scanned = _unread.Length;
            if (scanned > _lineBytes)
            {
                throw TooLong();
            }

            // 2. A stream that ends within a line, or without the event that ends a call, was cut.
            if (_ended)
            {
                return null;
            }

            // 3. Read on; what is unread stays in the pipe and is not searched again.
            if (_holding)
            {
                _reader.AdvanceTo(_unread.Start, _unread.End);
                _holding = false;
            }

            var result = await _deadline.WithinAsync(
                _silence,
                static (reader, token) => reader.ReadAsync(token),
                _reader
            );
            _unread = result.Buffer;
            _ended = result.IsCompleted;
            _holding = true;
        }
    }

    public void Dispose() => _reader.Complete();

    private AgentProtocolException TooLong() => new($"a line of more than {_lineBytes} bytes");
}
