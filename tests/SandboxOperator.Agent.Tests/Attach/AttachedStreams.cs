using System.IO.Pipes;
using System.Net.Sockets;
using SandboxOperator.Agent.Attach;

namespace SandboxOperator.Agent.Tests.Attach;

/// <summary>What an <c>attach</c> command does, with pipes of this process as its standard streams.</summary>
internal sealed class AttachedStreams : IDisposable
{
    private readonly AnonymousPipeServerStream _stdin = new(PipeDirection.Out);
    private readonly AnonymousPipeServerStream _stdout = new(PipeDirection.In);
    private readonly Socket _command = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public AttachedStreams(string socket)
    {
        _command.Connect(HandOver.At(socket));
        HandOver.Give(
            _command,
            (int)_stdin.ClientSafePipeHandle.DangerousGetHandle(),
            (int)_stdout.ClientSafePipeHandle.DangerousGetHandle()
        );
        _stdin.DisposeLocalCopyOfClientHandle();
        _stdout.DisposeLocalCopyOfClientHandle();
    }

    /// <summary>The command's input.</summary>
    public Stream Input => _stdin;

    /// <summary>The command's output.</summary>
    public Stream Output => _stdout;

    /// <summary>Completes when the agent has done with the streams.</summary>
    public Task<int> EndAsync(CancellationToken cancellationToken) =>
        _command.ReceiveAsync(new byte[1], cancellationToken).AsTask();

    /// <summary>Ends the command as a kill does.</summary>
    public void Kill() => _command.Dispose();

    /// <summary>A client whose one connection these streams are.</summary>
    public HttpClient Client() =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new Both(_stdout, _stdin)),
                MaxConnectionsPerServer = 1,
            }
        )
        {
            BaseAddress = new Uri("http://agent/"),
        };

    public void Dispose()
    {
        _stdin.Dispose();
        _stdout.Dispose();
        _command.Dispose();
    }

    private sealed class Both(Stream output, Stream input) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => input.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => input.FlushAsync(cancellationToken);

        public override void Flush() => input.Flush();

        public override int Read(byte[] buffer, int offset, int count) => output.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => input.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
