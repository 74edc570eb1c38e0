namespace SandboxOperator.Clients.Tests.Harness;

/// <summary>Passes a stream on and keeps what was read; says at the end whether that was all of it.</summary>
internal sealed class CopyingStream(Stream inner, Action<byte[], bool> ended) : Stream
{
    private readonly MemoryStream _copy = new();
    private bool _said;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        Keep(buffer.AsMemory(offset), inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer,
        CancellationToken cancellationToken = default
    ) => Keep(buffer, await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Say(complete: false);
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private int Keep(ReadOnlyMemory<byte> buffer, int count)
    {
        if (count == 0)
        {
            Say(complete: true);
        }
        _copy.Write(buffer.Span[..count]);
        return count;
    }

    private void Say(bool complete)
    {
        if (!_said)
        {
            _said = true;
            ended(_copy.ToArray(), complete);
        }
    }
}
