using Microsoft.Win32.SafeHandles;

namespace SandboxOperator.Gateway.Blobs;

/// <summary>Reads files one after the other as if they were one. Only one of them is open at a time.</summary>
internal sealed class SegmentStream : Stream
{
    private readonly IReadOnlyList<BlobSegment> _segments;
    private readonly Func<string, string> _pathOf;
    private readonly long[] _ends;
    private SafeFileHandle? _file;
    private int _open = -1;
    private long _position;

    public SegmentStream(IReadOnlyList<BlobSegment> segments, Func<string, string> pathOf)
    {
        _segments = segments;
        _pathOf = pathOf;
        _ends = new long[segments.Count];
        long end = 0;
        for (var index = 0; index < segments.Count; index++)
        {
            end += segments[index].Bytes;
            _ends[index] = end;
        }
        Length = end;
    }

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (Locate() is not { } place || buffer.IsEmpty)
        {
            return 0;
        }
        return Advance(RandomAccess.Read(place.File, buffer[..Fit(buffer.Length, place)], place.Offset));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Locate() is not { } place || buffer.IsEmpty)
        {
            return 0;
        }
        var target = buffer[..Fit(buffer.Length, place)];
        return Advance(await RandomAccess.ReadAsync(place.File, target, place.Offset, cancellationToken));
    }

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file?.Dispose();
            _file = null;
        }
        base.Dispose(disposing);
    }

    private static int Fit(int wanted, (SafeFileHandle File, long Offset, long Left) place) =>
        (int)Math.Min(wanted, place.Left);

    /// <summary>The file at the position, opened; null at the end.</summary>
    private (SafeFileHandle File, long Offset, long Left)? Locate()
    {
        if (_position >= Length)
        {
            return null;
        }
        // The first segment that ends behind the position; empty ones never do.
        var index = Array.BinarySearch(_ends, _position + 1);
        index = index < 0 ? ~index : index;
        while (index > 0 && _ends[index - 1] > _position)
        {
            index--;
        }
        if (_open != index)
        {
            _file?.Dispose();
            _open = -1;
            _file = File.OpenHandle(_pathOf(_segments[index].Blob), options: FileOptions.SequentialScan);
            _open = index;
        }
        var start = _ends[index] - _segments[index].Bytes;
        return (_file!, _position - start, _ends[index] - _position);
    }

    private int Advance(int read)
    {
        if (read == 0)
        {
            throw new IOException("A file's contents end before they should.");
        }
        _position += read;
        BlobMetrics.ReadBytes.Inc(read);
        return read;
    }
}
