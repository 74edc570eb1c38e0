namespace SandboxOperator.Agent.Tests.Link;

/// <summary>Gives at most so many bytes a read, as sockets do.</summary>
internal sealed class PiecewiseStream(byte[] bytes, int pieceBytes) : MemoryStream(bytes)
{
    public override int Read(byte[] buffer, int offset, int count) =>
        base.Read(buffer, offset, Math.Min(count, pieceBytes));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(base.Read(buffer.Span[..Math.Min(buffer.Length, pieceBytes)]));
}
