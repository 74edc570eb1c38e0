namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>Keeps the last so many bytes of two interleaved streams of UTF-8, and counts the others.</summary>
internal sealed class OutputTail(int limitBytes)
{
    private readonly Queue<Run> _runs = new();
    private byte[] _ring = [];
    private int _start;
    private int _length;
    private long _dropped;
    private bool _lastIsError;
    private int _lastRunBytes;
    private int _oldestTaken;

    public void Add(bool isError, ReadOnlySpan<byte> text)
    {
        if (text.Length > limitBytes)
        {
            Drop(_length);
            _dropped += text.Length - limitBytes;
            text = text[^limitBytes..];
        }

        if (text.IsEmpty)
        {
            return;
        }

        Drop(Math.Max(0, _length + text.Length - limitBytes));
        Reserve(_length + text.Length);
        var at = (_start + _length) % _ring.Length;
        var first = Math.Min(text.Length, _ring.Length - at);
        text[..first].CopyTo(_ring.AsSpan(at));
        text[first..].CopyTo(_ring);
        _length += text.Length;
        if (_lastRunBytes > 0 && _lastIsError != isError)
        {
            _runs.Enqueue(new Run(_lastIsError, _lastRunBytes));
            _lastRunBytes = 0;
        }

        _lastIsError = isError;
        _lastRunBytes += text.Length;
    }

    /// <summary>Counts bytes that never came here, and with them what is kept of before.</summary>
    public void Omit(long bytes)
    {
        Drop(_length);
        _dropped += bytes;
    }

    /// <summary>What was kept, in order, and how many bytes were not.</summary>
    public IReadOnlyList<OutputPiece> Take(out long dropped)
    {
        if (_lastRunBytes > 0)
        {
            _runs.Enqueue(new Run(_lastIsError, _lastRunBytes));
            _lastRunBytes = 0;
        }

        var bytes = new byte[_length];
        for (var i = 0; i < _length; i++)
        {
            bytes[i] = _ring[(_start + i) % _ring.Length];
        }

        // What was dropped may have ended within a character.
        var at = 0;
        while (_dropped > 0 && at < bytes.Length && Utf8.IsContinuation(bytes[at]))
        {
            at++;
        }

        dropped = _dropped + at;
        var pieces = new List<OutputPiece>();
        var end = -_oldestTaken;
        foreach (var run in _runs)
        {
            end += run.Bytes;
            if (end > at)
            {
                pieces.Add(new OutputPiece(run.IsError, bytes.AsMemory(at, end - at)));
                at = end;
            }
        }

        return pieces;
    }

    private void Drop(int bytes)
    {
        _dropped += bytes;
        _length -= bytes;
        _start = _ring.Length == 0 ? 0 : (_start + bytes) % _ring.Length;
        while (bytes > 0)
        {
            if (_runs.TryPeek(out var oldest))
            {
                var taken = Math.Min(bytes, oldest.Bytes - _oldestTaken);
                _oldestTaken += taken;
                bytes -= taken;
                if (_oldestTaken == oldest.Bytes)
                {
                    _runs.Dequeue();
                    _oldestTaken = 0;
                }
            }
            else
            {
                _lastRunBytes -= bytes;
                bytes = 0;
            }
        }
    }

    private void Reserve(int bytes)
    {
        if (bytes <= _ring.Length)
        {
            return;
        }

        var larger = new byte[Math.Min(Math.Max(bytes, Math.Max(_ring.Length * 2, 4096)), limitBytes)];
        for (var i = 0; i < _length; i++)
        {
            larger[i] = _ring[(_start + i) % _ring.Length];
        }

        (_ring, _start) = (larger, 0);
    }

    private readonly record struct Run(bool IsError, int Bytes);
}
