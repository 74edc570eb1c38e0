using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;

namespace SandboxOperator.Kube.Exec;

/// <summary>
/// Standard input and output of a command in a pod. Reading ends with 0 bytes only when the command has said that it
/// succeeded; everything else is an <see cref="ExecException"/>. One reader, any number of writers.
/// </summary>
public sealed class ExecStream : Stream
{
    internal const string Version5 = "v5.channel.k8s.io";
    internal const string Version4 = "v4.channel.k8s.io";

    /// <summary>Larger pieces cost the servers on the way less a byte, up to about this size.</summary>
    private const int FrameBytes = 64 << 10;

    private const int ReceiveBytes = 32 << 10;

    private const int LongestStatus = 64 << 10;

    private readonly WebSocket _socket;
    private readonly ExecOptions _options;
    private readonly TimeProvider _time;
    private readonly string _what;
    private readonly TailBytes _errors;
    private readonly Pipe _output;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task<ExecResult> _pump;
    private int _disposed;

    internal ExecStream(WebSocket socket, string what, ExecOptions options, TimeProvider time)
    {
        _socket = socket;
        _what = what;
        _options = options;
        _time = time;
        _errors = new TailBytes(options.ErrorBytes);
        _output = new Pipe(
            new PipeOptions(
                pauseWriterThreshold: options.BufferedBytes,
                resumeWriterThreshold: options.BufferedBytes / 2,
                // Who reads goes on where the bytes came in: waking another thread takes longer than most of its work.
                readerScheduler: PipeScheduler.Inline,
                useSynchronizationContext: false
            )
        );
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>The protocol that was agreed on: version 5 can end the command's input, version 4 cannot.</summary>
    public string Protocol => _socket.SubProtocol ?? Version4;

    /// <summary>The last bytes that the command wrote to standard error.</summary>
    public string StandardError => _errors.ToString();

    /// <summary>How the command ended. Fails when nobody knows.</summary>
    public Task<ExecResult> Completion => _pump;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends the command's input; its output goes on.</summary>
    /// <param name="token">Stops waiting; the stream cannot be used afterwards.</param>
    /// <returns>False when the server's protocol cannot do it.</returns>
    public async ValueTask<bool> CompleteWritingAsync(CancellationToken token = default)
    {
        if (Protocol != Version5)
        {
            return false;
        }

        await SendAsync(ExecChannel.Close, new[] { ExecChannel.Input }, token);
        return true;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await _output.Reader.ReadAsync(cancellationToken);
        var piece = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, buffer.Length));
        var position = 0;
        foreach (var segment in piece)
        {
            segment.CopyTo(buffer[position..]);
            position += segment.Length;
        }

        _output.Reader.AdvanceTo(piece.End);
        return position;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        while (!buffer.IsEmpty)
        {
            var piece = buffer[..Math.Min(buffer.Length, FrameBytes - 1)];
            await SendAsync(ExecChannel.Input, piece, cancellationToken);
            buffer = buffer[piece.Length..];
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush() { }

    /// <summary>Not supported: use <c>ReadAsync</c>.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Not supported: use <c>WriteAsync</c>.</summary>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        Dispose();
        await ((Task)_pump).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            // The pump ends by it, and with the pump a waiting read.
            _closing.Cancel();
            _socket.Abort();
        }

        base.Dispose(disposing);
    }

    private async Task SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(_options.SendTimeout, _time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _closing.Token, token);
        try
        {
            await _sending.WaitAsync(any.Token);
            var frame = ArrayPool<byte>.Shared.Rent(data.Length + 1);
            try
            {
                frame[0] = channel;
                data.CopyTo(frame.AsMemory(1));
                var message = frame.AsMemory(0, data.Length + 1);
                await _socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, any.Token);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(frame);
                _sending.Release();
            }
        }
        catch (Exception exception)
            when (exception is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw new ExecException($"{_what} takes no more input: its stream has ended", exception);
        }
        catch (OperationCanceledException exception) when (!token.IsCancellationRequested)
        {
            throw new ExecException(
                deadline.IsCancellationRequested
                    ? $"{_what} took no input for {_options.SendTimeout.TotalSeconds} s"
                    : $"{_what} takes no more input: its stream was closed",
                exception
            );
        }
    }

    private async Task<ExecResult> PumpAsync()
    {
        Exception? failure = null;
        try
        {
            var result = await ReceiveAsync();
            if (!result.IsSuccess)
            {
                failure = new ExecException(Describe(result.Message!)) { Result = result };
            }

            return result;
        }
        catch (ExecException exception)
        {
            failure = exception;
            throw;
        }
        catch (Exception exception)
        {
            failure = new ExecException(Describe($"its stream was cut: {exception.Message}"), exception);
            throw failure;
        }
        finally
        {
            await _output.Writer.CompleteAsync(failure);
            _socket.Abort();
        }
    }

    private async Task<ExecResult> ReceiveAsync()
    {
        var first = new byte[1];
        using var status = new MemoryStream();
        while (true)
        {
            // 1. The first byte of a message names its channel; an empty message says nothing.
            var received = await _socket.ReceiveAsync(first.AsMemory(), _closing.Token);
            ThrowIfClosed(received);
            if (received.Count == 0)
            {
                continue;
            }

            // 2. The rest of what the command wrote goes where the reader finds it.
            while (!received.EndOfMessage)
            {
                var space = _output.Writer.GetMemory(ReceiveBytes);
                received = await _socket.ReceiveAsync(space, _closing.Token);
                ThrowIfClosed(received);
                switch (first[0])
                {
                    case ExecChannel.Output when received.Count > 0:
                        _output.Writer.Advance(received.Count);
                        // Waits while the reader is behind, and so makes the other side wait.
                        await _output.Writer.FlushAsync(_closing.Token);
                        break;
                    case ExecChannel.Error:
                        _errors.Append(space.Span[..received.Count]);
                        break;
                    case ExecChannel.Status when status.Length + received.Count > LongestStatus:
                        throw new ExecException(Describe("the server's last message is too long"));
                    case ExecChannel.Status:
                        status.Write(space.Span[..received.Count]);
                        break;
                    default:
                        break;
                }
            }

            // 3. How the command ended is the last message.
            if (first[0] == ExecChannel.Status && status.Length > 0)
            {
                return ExecStatus.Parse(status.GetBuffer().AsMemory(0, (int)status.Length));
            }
        }
    }

    private void ThrowIfClosed(ValueWebSocketReceiveResult received)
    {
        if (received.MessageType == WebSocketMessageType.Close)
        {
            throw new ExecException(Describe("its stream ended without saying how the command ended"));
        }
    }

    private string Describe(string problem) =>
        StandardError.Trim() is { Length: > 0 } errors
            ? $"{_what}: {problem}; it wrote: {errors}"
            : $"{_what}: {problem}";
}
