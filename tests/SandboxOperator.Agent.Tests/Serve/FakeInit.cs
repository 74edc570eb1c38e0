using System.Net.Sockets;
using SandboxOperator.Agent.Link;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Tests.Serve;

/// <summary>Plays the kernel side over the real socket.</summary>
internal sealed class FakeInit : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly LinkReader _reader;
    private readonly LinkWriter _writer;

    private FakeInit(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        (_reader, _writer) = (new LinkReader(_stream), new LinkWriter(_stream));
    }

    /// <summary>Connects and says hello, what it has tried to get out, and ready.</summary>
    public static async Task<FakeInit> ConnectAsync(string path, bool ready = true, params IsolationCheck[] tried)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), deadline.Token);
                var init = new FakeInit(socket);
                init.Send(new LinkMessage.Hello(LinkMessage.ProtocolVersion, [], tried));
                if (ready)
                {
                    init.Send(new LinkMessage.Ready());
                }

                return init;
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(20, deadline.Token);
            }
        }
    }

    public void Send(params ReadOnlySpan<LinkMessage> messages)
    {
        foreach (var message in messages)
        {
            _writer.Write(message);
        }
    }

    public async Task<T> ReceiveAsync<T>()
        where T : LinkMessage
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return (T)(await _reader.ReadAsync(deadline.Token))!;
    }

    public void Dispose() => _stream.Dispose();
}
