using System.Net.Sockets;
using SandboxOperator.Agent.Link;

namespace SandboxOperator.Agent.Serve.Kernels;

/// <summary>One connection to init, from its hello to its end.</summary>
/// <remarks>
/// One thread reads, and what comes of a message happens on it: no result of a call waits for another thread to wake.
/// Whoever sends writes to the socket itself.
/// </remarks>
internal sealed class KernelConnection : IKernelConnection, IDisposable
{
    [ThreadStatic]
    private static bool s_isReading;

    private static readonly TimeSpan s_sendDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_helloDeadline = TimeSpan.FromSeconds(30);

    private readonly ServeOptions _options;
    private readonly TimeProvider _time;
    private readonly Socket _socket;
    private readonly LinkReader _reader;
    private readonly LinkWriter _writer;
    private readonly Lock _sending = new();
    private string? _cutReason;

    /// <summary>Takes over the socket, which must never have been used asynchronously: those do not block.</summary>
    public KernelConnection(Socket socket, ServeOptions options, TimeProvider time)
    {
        (_socket, _options, _time) = (socket, options, time);
        _socket.SendTimeout = (int)s_sendDeadline.TotalMilliseconds;
        var stream = new NetworkStream(socket, ownsSocket: false);
        _reader = new LinkReader(stream);
        _writer = new LinkWriter(stream);
    }

    /// <summary>
    /// Whether this is the thread of a connection. Who goes on there after a call has ended may come to the next request,
    /// and must not work on that while nobody reads what init says.
    /// </summary>
    public static bool IsReadingThread => s_isReading;

    /// <summary>True once a kernel was up.</summary>
    public bool WasReady { get; private set; }

    /// <summary>Passes on what init says until the connection ends.</summary>
    /// <returns>Why it ended, in words.</returns>
    public Task<string> RunAsync(IKernelObserver observer, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            s_isReading = true;
            try
            {
                ended.SetResult(Run(observer, cancellationToken));
            }
            catch (Exception e)
            {
                ended.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = "kernel-link",
        }.Start();
        return ended.Task;
    }

    /// <inheritdoc />
    public void Send(LinkMessage message)
    {
        try
        {
            lock (_sending)
            {
                _writer.Write(message);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Cut("the kernel side does not take messages");
        }
    }

    /// <inheritdoc />
    public void Cut(string reason)
    {
        Interlocked.CompareExchange(ref _cutReason, reason, null);
        try
        {
            _socket.Shutdown(SocketShutdown.Both); // which wakes the thread that reads
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    public void Dispose() => _socket.Dispose();

    private string Run(IKernelObserver observer, CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.Register(() => Cut("the sandbox was stopped"));
        using var readyBy = _time.CreateTimer(
            _ => CutIfWaiting(observer),
            null,
            _options.StartDeadline,
            Timeout.InfiniteTimeSpan
        );
        try
        {
            observer.Connected(this, Hello());
            while (_reader.Read() is { } message)
            {
                observer.Received(message, _reader.HasMore);
                WasReady |= message is LinkMessage.Ready;
                if (message is LinkMessage.Lost or LinkMessage.Done { StateLost: true })
                {
                    readyBy.Change(_options.StartDeadline, Timeout.InfiniteTimeSpan);
                }
            }

            return _cutReason ?? "the sandbox's processes ended";
        }
        catch (LinkException e)
        {
            return _cutReason ?? $"the kernel side broke the protocol ({e.Message})";
        }
        catch (IOException)
        {
            return _cutReason ?? "the connection to the kernel side broke";
        }
    }

    private LinkMessage.Hello Hello()
    {
        using var deadline = _time.CreateTimer(
            _ => Cut($"it did not say hello within {s_helloDeadline.TotalSeconds} seconds"),
            null,
            s_helloDeadline,
            Timeout.InfiniteTimeSpan
        );
        return _reader.Read() switch
        {
            LinkMessage.Hello { Version: LinkMessage.ProtocolVersion } hello => HelloBounds.Apply(hello),
            LinkMessage.Hello hello => throw new LinkException(
                $"it speaks version {hello.Version}, not {LinkMessage.ProtocolVersion}"
            ),
            _ => throw new LinkException("it did not say hello first"),
        };
    }

    private void CutIfWaiting(IKernelObserver observer)
    {
        if (observer.IsWaiting)
        {
            Cut($"no kernel came up within {_options.StartDeadline.TotalSeconds} seconds");
        }
    }
}
