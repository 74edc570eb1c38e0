using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using SandboxOperator.Agent.Init;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Streams;

/// <summary>A connection over two streams: a socket, or the standard streams of an <c>attach</c> command.</summary>
/// <remarks>
/// One thread reads. What it has read is parsed, and as far as possible answered, on the same thread: no byte waits for
/// another thread to wake. The connection ends when the input ends or when it is aborted; one over the streams of a command
/// also when that is gone, and when no byte has passed for <see cref="AgentLocation.AttachIdle"/>, because nobody tells the
/// command that its caller is gone.
/// </remarks>
internal sealed class StreamConnection : ConnectionContext
{
    private const int PipeBytes = 1 << 20;
    private const int SegmentBytes = 64 << 10;
    private static long s_count;

    private readonly Socket _socket;
    private readonly int _input;
    private readonly StreamOutput _output;
    private readonly StreamWatch _watch;
    private readonly Pipe _received = new(Inline());
    private readonly Pipe _sent = new(Inline());
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _readingEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isAborted;
    private Task _writing = Task.CompletedTask;
    private bool _isStarted;

    /// <summary>Takes over the socket and the descriptors.</summary>
    /// <param name="endPoint">Where they came in.</param>
    /// <param name="socket">The connection itself, or that of the command that gave the descriptors.</param>
    /// <param name="input">To read from.</param>
    /// <param name="output">To write to.</param>
    /// <param name="pool">Memory for the server; it relies on blocks that are never empty.</param>
    /// <param name="time">The clock.</param>
    public StreamConnection(
        StreamEndPoint endPoint,
        Socket socket,
        int input,
        int output,
        MemoryPool<byte> pool,
        TimeProvider time
    )
    {
        (_socket, _input) = (socket, input);
        _watch = endPoint.AreGiven
            ? new StreamWatch(socket, time, AgentLocation.AttachIdle)
            : new StreamWatch(giver: null, time, Timeout.InfiniteTimeSpan);
        Descriptors.SetNonBlocking(input);
        Descriptors.SetNonBlocking(output);
        Descriptors.Enlarge(input, PipeBytes);
        Descriptors.Enlarge(output, PipeBytes);
        _output = new StreamOutput(output, _watch);
        ConnectionId = string.Create(CultureInfo.InvariantCulture, $"stream-{Interlocked.Increment(ref s_count)}");
        LocalEndPoint = endPoint;
        Features.Set<IMemoryPoolFeature>(new PoolFeature(pool));
        ConnectionClosed = _closed.Token;
        Transport = new StreamPipes(_received.Reader, _sent.Writer);
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport { get; set; }

    /// <summary>Begins to read.</summary>
    public void Start()
    {
        new Thread(Read) { IsBackground = true, Name = ConnectionId }.Start();
        _isStarted = true;
        _writing = WriteAsync();
    }

    public override void Abort(ConnectionAbortedException abortReason) => Wake();

    public override async ValueTask DisposeAsync()
    {
        // 1. What was answered is still written, unless the connection was aborted.
        await Transport.Output.CompleteAsync();
        await _writing;

        // 2. Nothing is read any more.
        Wake();
        await Transport.Input.CompleteAsync();
        if (_isStarted)
        {
            await _readingEnded.Task;
        }

        // 3. Nobody uses the streams.
        await _output.DisposeAsync();
        Descriptors.Close(_input);
        _socket.Dispose(); // which ends the command
        _closed.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>Whoever waits for the streams sees that the socket is shut.</summary>
    private void Wake()
    {
        _isAborted = true;
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side is gone, which says the same.
        }
    }

    /// <summary>
    /// What is flushed is written at once, on the same thread, and what is read is parsed on the reading one.
    /// </summary>
    private static PipeOptions Inline() =>
        new(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: PipeBytes,
            resumeWriterThreshold: PipeBytes / 2,
            minimumSegmentSize: SegmentBytes,
            useSynchronizationContext: false
        );

    private async Task WriteAsync()
    {
        var reader = _sent.Reader;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync();
                foreach (var segment in read.Buffer)
                {
                    await _output.WriteAsync(segment);
                }

                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or OutOfMemoryException)
        {
            // Nobody reads any more, or no thread can be had to wait for that: whoever writes sees that the reader has completed.
        }

        await reader.CompleteAsync();
    }

    private void Read()
    {
        var writer = _received.Writer;
        while (!_isAborted)
        {
            var count = Descriptors.Read(_input, writer.GetSpan(SegmentBytes));
            if (count == 0 || (count < 0 && !_watch.WaitFor(_input, Native.PollIn)))
            {
                break;
            }

            if (count > 0)
            {
                _watch.Touch();
                writer.Advance(count);
                // What comes of these bytes happens now, on this thread, up to where it has to wait.
                var flush = writer.FlushAsync();
                if ((flush.IsCompleted ? flush.Result : flush.AsTask().GetAwaiter().GetResult()).IsCompleted)
                {
                    break;
                }
            }
        }

        writer.Complete();
        _closed.Cancel();
        _readingEnded.SetResult();
    }

    private sealed record PoolFeature(MemoryPool<byte> MemoryPool) : IMemoryPoolFeature;
}
