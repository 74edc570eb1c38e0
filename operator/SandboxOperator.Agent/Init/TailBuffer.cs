namespace SandboxOperator.Agent.Init;

/// <summary>Keeps the last bytes of a stream of any length.</summary>
internal sealed class TailBuffer(int capacity)
{
    private byte[] _ring = [];
    private long _total;

    /// <summary>How many bytes came before those that <see cref="Take"/> returns.</summary>
    public long Dropped { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (_ring.Length < capacity)
        {
            var size = (int)Math.Min(capacity, Math.Max(_ring.Length * 2L, _total + bytes.Length));
            Array.Resize(ref _ring, size);
        }

        if (bytes.Length > _ring.Length)
        {
            _total += bytes.Length - _ring.Length;
            bytes = bytes[^_ring.Length..];
        }

        var position = (int)(_total % _ring.Length);
        var first = Math.Min(bytes.Length, _ring.Length - position);
        bytes[..first].CopyTo(_ring.AsSpan(position));
        bytes[first..].CopyTo(_ring);
        _total += bytes.Length;
    }

    /// <summary>The bytes in order; when some are missing before them, from the first whole UTF-8 character on.</summary>
    public ReadOnlySpan<byte> Take()
    {
        var kept = (int)Math.Min(_total, _ring.Length);
        var result = new byte[kept];
        var position = _total > _ring.Length ? (int)(_total % _ring.Length) : 0;
        var first = Math.Min(kept, _ring.Length - position);
        _ring.AsSpan(position, first).CopyTo(result);
        _ring.AsSpan(0, kept - first).CopyTo(result.AsSpan(first));
        Dropped = _total - kept;
        var start = 0;
        while (Dropped > 0 && start < Math.Min(3, kept) && (result[start] & 0xC0) == 0x80)
        {
            start++;
        }

        Dropped += start;
        return result.AsSpan(start);
    }
}
