using System.Net.Sockets;
using SandboxOperator.Agent.Link;

namespace SandboxOperator.Agent.Serve.Kernels;

/// <summary>One connection to init, from its hello to its end.</summary>
internal sealed class KernelConnection : IKernelConnection, IDisposable
{
    private static readonly TimeSpan s_sendDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_helloDeadline = TimeSpan.FromSeconds(30);

    private readonly ServeOptions _options;
    private readonly TimeProvider _time;
    private readonly NetworkStream _stream;
    private readonly LinkReader _reader;
    private readonly LinkWriter _writer;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _cut = new();
    private string? _cutReason;

    /// <summary>Takes over the socket.</summary>
    public KernelConnection(Socket socket, ServeOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new LinkReader(_stream);
        _writer = new LinkWriter(_stream);
    }

    /// <summary>True once a kernel was up.</summary>
    public bool WasReady { get; private set; }

    /// <summary>Passes on what init says until the connection ends.</summary>
    /// <returns>Why it ended, in words.</returns>
    public async Task<string> RunAsync(IKernelObserver observer, CancellationToken cancellationToken)
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
            observer.Connected(this, await HelloAsync());
            while (await _reader.ReadAsync(_cut.Token) is { } message)
            {
                observer.Received(message);
                WasReady |= message is LinkMessage.Ready;
                if (message is LinkMessage.Lost or LinkMessage.Done { StateLost: true })
                {
                    readyBy.Change(_options.StartDeadline, Timeout.InfiniteTimeSpan);
                }
            }

            return "the sandbox's processes ended";
        }
        catch (LinkException e)
        {
            return $"the kernel side broke the protocol ({e.Message})";
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return _cutReason ?? "the connection to the kernel side broke";
        }
    }

    /// <inheritdoc />
    public async Task SendAsync(LinkMessage message)
    {
        try
        {
            using var deadline = new CancellationTokenSource(s_sendDeadline, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _cut.Token);
            await _sending.WaitAsync(either.Token);
            try
            {
                await _writer.WriteAsync(message, either.Token);
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
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
            _cut.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _cut.Dispose();
    }

    private async Task<LinkMessage.Hello> HelloAsync()
    {
        using var deadline = new CancellationTokenSource(s_helloDeadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _cut.Token);
        var message = await _reader.ReadAsync(either.Token);
        return message switch
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
