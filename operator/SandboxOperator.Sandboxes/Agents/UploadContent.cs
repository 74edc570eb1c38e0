using System.Buffers;
using System.Net;

namespace SandboxOperator.Sandboxes.Agents;

/// <summary>A body copied from a stream in large pieces, each of which must be taken within a deadline.</summary>
internal sealed class UploadContent(Stream source, long? length, TimeSpan patience, Deadline deadline) : HttpContent
{
    private const int PieceBytes = 256 << 10;

    /// <summary>What the source threw while it was read, which is no fault of the sandbox.</summary>
    public Exception? SourceFailure { get; private set; }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            int read;
            while ((read = await ReadAsync(piece)) > 0)
            {
                deadline.Extend(patience);
                await stream.WriteAsync(piece.AsMemory(0, read), deadline.Token);
                deadline.Extend(patience);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private async ValueTask<int> ReadAsync(byte[] piece)
    {
        try
        {
            return await source.ReadAsync(piece, deadline.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            SourceFailure = exception;
            throw;
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }
}
