using System.IO.Pipes;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Agent.Attach;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Attach;

public sealed class JoinTests : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("attach-");
    private readonly FakeTimeProvider _time = new();
    private readonly AnonymousPipeServerStream _stdin = new(PipeDirection.Out);
    private readonly AnonymousPipeServerStream _stdout = new(PipeDirection.In);
    private readonly Socket _peer;
    private readonly Task _joined;

    public JoinTests()
    {
        var at = new UnixDomainSocketEndPoint(Path.Combine(_folder.FullName, "s"));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(at);
        listener.Listen();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(at);
        _peer = listener.Accept();
        var input = new AnonymousPipeClientStream(PipeDirection.In, _stdin.ClientSafePipeHandle);
        var output = new AnonymousPipeClientStream(PipeDirection.Out, _stdout.ClientSafePipeHandle);
        _joined = Task.Run(() => AttachCommand.Join(socket, input, output, _time, Idle));
    }

    [Fact]
    public async Task Bytes_go_both_ways_and_the_end_of_input_ends_it()
    {
        var buffer = new byte[5];
        _stdin.Write("hello"u8);
        (await _peer.ReceiveAsync(buffer, TestContext.Current.CancellationToken)).ShouldBe(5);
        _peer.Send("world"u8);
        await _stdout.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);
        buffer.ShouldBe("world"u8.ToArray());
        _joined.IsCompleted.ShouldBeFalse();

        _stdin.Dispose();

        await _joined.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Two_minutes_without_a_byte_end_it()
    {
        var buffer = new byte[1];
        _stdin.Write("a"u8);
        (await _peer.ReceiveAsync(buffer, TestContext.Current.CancellationToken)).ShouldBe(1);
        _time.Advance(Idle - TimeSpan.FromSeconds(1));
        _joined.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(2));

        await _joined.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _stdin.Dispose();
        _peer.Dispose();
        _stdout.Dispose();
        _folder.Delete(recursive: true);
    }
}
