using Shouldly;

namespace SandboxOperator.Cluster.Tests.Sandboxes;

/// <summary>As many bytes as one wants, each determined by its place.</summary>
internal sealed class Pattern(long length) : Stream
{
    // Prime, so that pieces of usual sizes do not fall together with it.
    private static readonly byte[] Period =
    [
        .. Enumerable.Range(0, 1_000_003).Select(place => (byte)(place * 31 >> 3)),
    ];
    private long _position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public static async Task ShouldBeReadFromAsync(Stream content, long length, CancellationToken token)
    {
        var (expected, read) = (new byte[256 << 10], new byte[256 << 10]);
        var pattern = new Pattern(length);
        long total = 0;
        while (await content.ReadAsync(read, token) is > 0 and var count)
        {
            pattern.ReadExactly(expected.AsSpan(0, count));
            read.AsSpan(0, count).SequenceEqual(expected.AsSpan(0, count)).ShouldBeTrue($"at {total}");
            total += count;
        }

        total.ShouldBe(length);
    }

    public override int Read(Span<byte> buffer)
    {
        var start = (int)(_position % Period.Length);
        var count = (int)Math.Min(Math.Min(buffer.Length, length - _position), Period.Length - start);
        Period.AsSpan(start, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
