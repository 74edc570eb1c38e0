using SandboxOperator.Agent.Init;

namespace SandboxOperator.Agent.Serve.Streams;

/// <summary>Writes to a pipe or socket whose other end may be slow.</summary>
/// <remarks>
/// Mostly there is room, and a write is a system call. When there is none, a thread of the connection waits for it, made
/// at the first time, and goes on with what waits for the write.
/// </remarks>
internal sealed class StreamOutput(int descriptor, StreamWatch watch) : IAsyncDisposable
{
    private readonly SemaphoreSlim _handed = new(0);
    private readonly TaskCompletionSource _threadEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;
    private ReadOnlyMemory<byte> _left;
    private TaskCompletionSource? _written;
    private volatile bool _isEnding;

    /// <summary>Writes all of it. One write at a time.</summary>
    /// <exception cref="IOException">Nobody reads it any more.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer)
    {
        var left = buffer[WriteNow(buffer.Span)..];
        return left.IsEmpty ? default : new ValueTask(HandAsync(left));
    }

    /// <summary>Ends the thread and closes the stream. A write that waits must have been woken by the end of the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        if (_thread is not null)
        {
            _handed.Release();
            await _threadEnded.Task;
        }

        Descriptors.Close(descriptor);
        _handed.Dispose();
    }

    /// <summary>Writes as much as there is room for.</summary>
    private int WriteNow(ReadOnlySpan<byte> bytes)
    {
        var count = Descriptors.WriteSome(descriptor, bytes);
        if (count < 0)
        {
            throw new IOException($"the connection is closed: {Native.LastErrorText}");
        }

        watch.Touch();
        return count;
    }

    private Task HandAsync(ReadOnlyMemory<byte> left)
    {
        // Whoever waits for the write goes on on the thread that has waited for room.
        var written = new TaskCompletionSource();
        (_left, _written) = (left, written);
        if (_thread is null)
        {
            _thread = new Thread(WriteHanded) { IsBackground = true, Name = "stream-output" };
            _thread.Start();
        }

        _handed.Release();
        return written.Task;
    }

    private void WriteHanded()
    {
        while (true)
        {
            _handed.Wait();
            if (_isEnding)
            {
                _threadEnded.SetResult();
                return;
            }

            var written = _written!;
            try
            {
                WriteAll(_left.Span);
            }
            catch (IOException e)
            {
                written.SetException(e);
                continue;
            }

            written.SetResult();
        }
    }

    private void WriteAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (!watch.WaitFor(descriptor, Native.PollOut))
            {
                throw new IOException("the other side is gone, or does not read");
            }

            bytes = bytes[WriteNow(bytes)..];
        }
    }
}
