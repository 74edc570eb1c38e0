using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using SandboxOperator.Agent.Attach;
using SandboxOperator.Agent.Init;
using SandboxOperator.Agent.Serve.Unix;

namespace SandboxOperator.Agent.Serve.Streams;

/// <summary>Takes connections, or the streams that <c>attach</c> commands give away.</summary>
internal sealed partial class StreamListener : IConnectionListener
{
    private const int Backlog = 128;
    private static readonly TimeSpan s_handOverDeadline = TimeSpan.FromSeconds(5);

    private readonly StreamEndPoint _endPoint;
    private readonly MemoryPool<byte> _pool;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _unbound = new();
    private readonly Channel<StreamConnection> _taken = Channel.CreateBounded<StreamConnection>(Backlog);
    private readonly Task _accepting;

    /// <exception cref="IOException">The socket cannot be used.</exception>
    public StreamListener(StreamEndPoint endPoint, MemoryPool<byte> pool, TimeProvider time, ILogger logger)
    {
        (_endPoint, _pool, _time, _logger) = (endPoint, pool, time, logger);
        _socket = UnixListener.Bind(Path);
        _socket.Listen(Backlog);
        _accepting = AcceptAllAsync();
    }

    public EndPoint EndPoint => _endPoint;

    private string Path => _endPoint.AreGiven ? HandOver.At(_endPoint.Socket).ToString() : _endPoint.Socket;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _taken.Reader.WaitToReadAsync(cancellationToken))
        {
            if (!_taken.Reader.TryRead(out var connection))
            {
                continue;
            }

            try
            {
                connection.Start();
                return connection;
            }
            catch (OutOfMemoryException e)
            {
                // There are too many threads to start one. Whoever listens must not be ended by it.
                Log.NotTaken(_logger, e.Message);
                await connection.DisposeAsync();
            }
        }

        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbound.CancelAsync();
        await _accepting;
        _socket.Dispose();
        File.Delete(Path);
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        while (_taken.Reader.TryRead(out var connection))
        {
            await connection.DisposeAsync();
        }

        _pool.Dispose();
    }

    private async Task AcceptAllAsync()
    {
        while (!_unbound.IsCancellationRequested)
        {
            try
            {
                _ = TakeAsync(await _socket.AcceptAsync(_unbound.Token));
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SocketException e)
            {
                // Too many descriptors are open; some will be closed.
                Log.NotAccepted(_logger, e.Message);
                await Task.Delay(s_handOverDeadline, _time, _unbound.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        _taken.Writer.TryComplete();
    }

    private async Task TakeAsync(Socket socket)
    {
        try
        {
            var (input, output) = _endPoint.AreGiven ? await GivenAsync(socket) : Own(socket);
            var connection = new StreamConnection(_endPoint, socket, input, output, _pool, _time);
            if (!_taken.Writer.TryWrite(connection))
            {
                await connection.DisposeAsync();
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            Log.NotTaken(_logger, e.Message);
            socket.Dispose();
        }
    }

    private async Task<(int Input, int Output)> GivenAsync(Socket attach)
    {
        using var deadline = new CancellationTokenSource(s_handOverDeadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _unbound.Token);
        // Waits for what comes, and takes nothing of it.
        await attach.ReceiveAsync(Memory<byte>.Empty, either.Token);
        return HandOver.Take(attach);
    }

    private static (int Input, int Output) Own(Socket socket)
    {
        var input = Descriptors.Duplicate((int)socket.Handle);
        try
        {
            return (input, Descriptors.Duplicate((int)socket.Handle));
        }
        catch
        {
            Descriptors.Close(input);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A connection could not be accepted: {Problem}")]
        public static partial void NotAccepted(ILogger logger, string problem);

        [LoggerMessage(LogLevel.Warning, "The streams of a connection were not taken: {Problem}")]
        public static partial void NotTaken(ILogger logger, string problem);
    }
}
