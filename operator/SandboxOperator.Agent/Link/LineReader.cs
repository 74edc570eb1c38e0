namespace SandboxOperator.Agent.Link;

/// <summary>
/// Splits a stream into lines of bounded length. For one reader at a time; a line is valid until the next read.
/// </summary>
internal sealed class LineReader(Stream stream, int maxLineBytes)
{
    private const int IdleBufferBytes = 32 * 1024;

    private byte[] _buffer = new byte[IdleBufferBytes];
    private int _start;
    private int _end;
    private int _searched;

    /// <summary>Blocks for the next line, without its newline; null at the end of the stream.</summary>
    /// <exception cref="LinkException">The line is longer than the bound, or the stream ends within a line.</exception>
    public ReadOnlyMemory<byte>? Read()
    {
        while (true)
        {
            if (TakeLine() is { } line)
            {
                return line;
            }

            MakeRoom();
            if (!Received(stream.Read(_buffer, _end, _buffer.Length - _end)))
            {
                return null;
            }
        }
    }

    /// <inheritdoc cref="Read" />
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TakeLine() is { } line)
            {
                return line;
            }

            MakeRoom();
            if (!Received(await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken)))
            {
                return null;
            }
        }
    }

    /// <summary>Whether the next line has been read already.</summary>
    public bool HasLine => FindNewline() >= 0;

    private int FindNewline()
    {
        var newline = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
        _searched = newline < 0 ? _end : _searched + newline;
        return newline < 0 ? -1 : _searched;
    }

    private ReadOnlyMemory<byte>? TakeLine()
    {
        var newline = FindNewline();
        if (newline < 0)
        {
            return null;
        }

        if (newline - _start > maxLineBytes)
        {
            throw TooLong();
        }

        var line = _buffer.AsMemory(_start, newline - _start);
        _start = _searched = newline + 1;
        return line;
    }

    private void MakeRoom()
    {
        var pending = _end - _start;
        if (pending > maxLineBytes)
        {
            throw TooLong();
        }

        if (_end < _buffer.Length && _start == 0)
        {
            return;
        }

        // A buffer that one long line needed is given back once that line is gone.
        var size = pending == _buffer.Length ? Math.Min(_buffer.Length * 4L, maxLineBytes + 1L) : _buffer.Length;
        if (pending < IdleBufferBytes)
        {
            size = IdleBufferBytes;
        }

        var target = size == _buffer.Length ? _buffer : new byte[size];
        Buffer.BlockCopy(_buffer, _start, target, 0, pending);
        _searched -= _start;
        _buffer = target;
        _start = 0;
        _end = pending;
    }

    private bool Received(int count)
    {
        if (count > 0)
        {
            _end += count;
            return true;
        }

        return _end == _start ? false : throw new LinkException("the connection ended within a line");
    }

    private LinkException TooLong() => new($"a line is longer than {maxLineBytes} bytes");
}
