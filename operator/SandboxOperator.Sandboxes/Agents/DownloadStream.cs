namespace SandboxOperator.Sandboxes.Agents;

/// <summary>A file coming out of a sandbox: exactly as many bytes as were announced, or an error.</summary>
internal sealed class DownloadStream(
    Stream inner,
    HttpResponseMessage response,
    long length,
    TimeSpan patience,
    TimeProvider time
) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_read >= length || buffer.IsEmpty)
        {
            return 0;
        }

        using var deadline = new Deadline(time, patience, cancellationToken);
        var wanted = buffer[..(int)Math.Min(buffer.Length, length - _read)];
        int count;
        try
        {
            count = await deadline.WithinAsync(patience, (to, token) => inner.ReadAsync(to, token), wanted);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            throw new SandboxLostException("The sandbox went away while a file was read from it.", exception);
        }

        _read += count;
        return count > 0 ? count : throw new SandboxLostException("The sandbox gave less of a file than it announced.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Files are read asynchronously.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            response.Dispose();
        }

        base.Dispose(disposing);
    }
}
