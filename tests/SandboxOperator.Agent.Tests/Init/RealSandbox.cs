using System.Diagnostics;
using System.Net.Sockets;
using SandboxOperator.Agent.Link;
using SandboxOperator.Testing;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

/// <summary>
/// The kernel side as it is: init, zygote and kernel in a bubblewrap container under an unprivileged user, with this test
/// playing the agent. One sandbox serves many tests; that it survives them all is part of what they show.
/// </summary>
public sealed class RealSandbox : IAsyncLifetime
{
    private const int UserId = 61234;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(11);

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-test-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Process? _process;
    private Socket? _connection;
    private LinkReader _reader = null!;
    private LinkWriter _writer = null!;
    private int _calls;

    internal LinkMessage.Hello Hello { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var agent = await AgentBinary.PathAsync();
        var sockets = Directory.CreateDirectory(Path.Combine(_folder, "socket")).FullName;
        SandboxCommand.Open(sockets);
        SandboxCommand.Open(_folder);
        var socket = Path.Combine(sockets, "kernel");
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        SandboxCommand.Open(socket);
        _listener.Listen();
        // It would die with the thread that starts it here, which is one of a pool and ends when it is idle.
        var inside = SandboxCommand.Inside(_folder, UserId, agent, ownFileSystems: true);
        var arguments = SandboxCommand
            .AsUser(UserId)
            .Concat(inside)
            .Where(word => word != "--die-with-parent")
            .ToList();
        _process = Process.Start(new ProcessStartInfo(arguments[0], arguments.Skip(1)) { UseShellExecute = false })!;
        using var deadline = new CancellationTokenSource(Patience);
        _connection = await _listener.AcceptAsync(deadline.Token);
        _connection.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        var stream = new NetworkStream(_connection);
        _reader = new LinkReader(stream);
        _writer = new LinkWriter(stream);
        Hello = (LinkMessage.Hello)Read();
        Read().ShouldBeOfType<LinkMessage.Ready>();
    }

    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        _listener.Dispose();
        if (_process is not null)
        {
            // The agent's end is the sandbox's end.
            using var deadline = new CancellationTokenSource(Patience);
            await _process.WaitForExitAsync(deadline.Token);
            _process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Runs code to its end.</summary>
    internal CallResult Run(string code, int timeoutMs = 600_000) => Finish(Start(code, timeoutMs));

    /// <summary>Starts code, to be awaited with <see cref="Finish"/>.</summary>
    internal string Start(string code, int timeoutMs = 600_000)
    {
        var call = $"call-{++_calls}";
        _writer.Write(new LinkMessage.Run(call, code, timeoutMs));
        return call;
    }

    internal void Interrupt(string call) => _writer.Write(new LinkMessage.Interrupt(call));

    internal CallResult Finish(string call)
    {
        var messages = new List<LinkMessage>();
        while (messages is not [.., LinkMessage.Done done] || done.Call != call)
        {
            messages.Add(Read());
        }

        return new CallResult(call, messages);
    }

    /// <summary>The next message, whatever it is.</summary>
    internal LinkMessage Read() => _reader.Read() ?? throw new InvalidOperationException("init has gone");
}
