using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using SandboxOperator.Agent.Init;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Attached;

/// <summary>A connection over the standard streams of one <c>attach</c> command.</summary>
/// <remarks>
/// Pipes cannot be waited for as sockets can, so one thread reads. What it has read is parsed, and as far as possible
/// answered, on the same thread: no byte waits for another thread to wake. The connection ends when the input ends, when
/// the command is gone, when no byte has passed for <see cref="AgentLocation.AttachIdle"/>, because nobody tells the
/// command that its caller is gone, or when it is aborted.
/// </remarks>
internal sealed class AttachedConnection : ConnectionContext
{
    private const int PipeBytes = 1 << 20;
    private const int SegmentBytes = 64 << 10;
    private static long s_count;

    private readonly Socket _attach;
    private readonly int _input;
    private readonly AttachedOutput _output;
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
    /// <param name="attach">The socket of the command.</param>
    /// <param name="input">Its standard input, to read from.</param>
    /// <param name="output">Its standard output, to write to.</param>
    /// <param name="pool">Memory for the server; it relies on blocks that are never empty.</param>
    /// <param name="time">The clock.</param>
    public AttachedConnection(
        AttachedEndPoint endPoint,
        Socket attach,
        int input,
        int output,
        MemoryPool<byte> pool,
        TimeProvider time
    )
    {
        (_attach, _input) = (attach, input);
        _watch = new StreamWatch(attach, time, AgentLocation.AttachIdle);
        Descriptors.SetNonBlocking(input);
        Descriptors.SetNonBlocking(output);
        Descriptors.Enlarge(input, PipeBytes);
        Descriptors.Enlarge(output, PipeBytes);
        _output = new AttachedOutput(output, _watch);
        ConnectionId = string.Create(CultureInfo.InvariantCulture, $"attach-{Interlocked.Increment(ref s_count)}");
        LocalEndPoint = endPoint;
        Features.Set<IMemoryPoolFeature>(new PoolFeature(pool));
        ConnectionClosed = _closed.Token;
        Transport = new AttachedPipes(_received.Reader, _sent.Writer);
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport { get; set; }

    /// <summary>Begins to read.</summary>
    public void Start()
    {
        _isStarted = true;
        new Thread(Read) { IsBackground = true, Name = ConnectionId }.Start();
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
        _attach.Dispose(); // which ends the command
        _closed.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>Whoever waits for the streams sees that the command's socket is shut.</summary>
    private void Wake()
    {
        _isAborted = true;
        try
        {
            _attach.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The command is gone, which says the same.
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
        catch (IOException)
        {
            // Nobody reads any more: whoever writes sees that the reader has completed.
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
