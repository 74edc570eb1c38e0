namespace SandboxOperator.Agent.Init;

/// <summary>Collects bytes as they arrive and gives them out as lines of bounded length.</summary>
internal sealed class LineBuffer(int maxLineBytes)
{
    private const int IdleBytes = 64 * 1024;

    private byte[] _bytes = new byte[4096];
    private int _start;
    private int _end;
    private int _searched;

    /// <summary>Reads once from a descriptor: a count, 0 at its end, -1 when there is nothing now.</summary>
    public int ReadFrom(int descriptor)
    {
        MakeRoom();
        var count = Descriptors.Read(descriptor, _bytes.AsSpan(_end));
        _end += Math.Max(count, 0);
        return count;
    }

    /// <summary>The next line without its newline, valid until the next read; false when none is complete.</summary>
    public bool TryTake(out ReadOnlySpan<byte> line)
    {
        var newline = _bytes.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
        if (newline < 0)
        {
            _searched = _end;
            line = default;
            return false;
        }

        newline += _searched;
        line = _bytes.AsSpan(_start, newline - _start);
        _start = _searched = newline + 1;
        return true;
    }

    /// <summary>True when a line has begun that is longer than the bound.</summary>
    public bool IsTooLong => _end - _start > maxLineBytes;

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = _searched = 0;
            if (_bytes.Length > IdleBytes)
            {
                _bytes = new byte[IdleBytes];
            }
        }

        if (_end < _bytes.Length)
        {
            return;
        }

        var pending = _end - _start;
        var target = pending > _bytes.Length / 2 ? new byte[_bytes.Length * 2] : _bytes;
        Buffer.BlockCopy(_bytes, _start, target, 0, pending);
        _searched -= _start;
        _bytes = target;
        _start = 0;
        _end = pending;
    }
}
