namespace SandboxOperator.Gateway.Upstream;

/// <summary>
/// A response body that must keep coming, in events and in total of bounded size. Comments that a server sends to keep
/// the connection open count as coming.
/// </summary>
internal sealed class WatchedStream(Stream inner, TimeSpan firstByte, TimeSpan idle, TimeProvider time) : Stream
{
    private const int MaxEventBytes = 8 * 1024 * 1024;
    private const long MaxTotalBytes = 256 * 1024 * 1024;
    private long _total;
    private int _event;
    private int _line;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var limit = _total == 0 ? firstByte : idle;
        using var silence = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, linked.Token);
        }
        catch (OperationCanceledException exception)
            when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"The upstream model was silent for {limit.TotalSeconds:0.#} seconds.",
                exception
            );
        }
        Count(buffer.Span[..read]);
        if (_event > MaxEventBytes || _total > MaxTotalBytes)
        {
            throw new InvalidDataException("The upstream model's answer is too large.");
        }
        return read;
    }

    /// <summary>An empty line ends an event.</summary>
    private void Count(ReadOnlySpan<byte> bytes)
    {
        _total += bytes.Length;
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var isEmpty = _line + bytes[..end].TrimEnd((byte)'\r').Length == 0;
            _event = isEmpty ? 0 : _event + end + 1;
            _line = 0;
            bytes = bytes[(end + 1)..];
        }
        _line += bytes.TrimEnd((byte)'\r').Length;
        _event += bytes.Length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>The package on top closes in this way also who is awaited.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }
}
