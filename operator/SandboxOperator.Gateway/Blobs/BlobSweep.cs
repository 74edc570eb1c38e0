using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Blobs;

/// <summary>
/// Deletes, once after each start, the blobs that no row names: a process that is killed between writing a blob and
/// its row, or between deleting a row and its blob, leaves such behind.
/// </summary>
internal sealed partial class BlobSweep(IStore store, IBlobStore blobs, TimeProvider time, ILogger<BlobSweep> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Blobs that are younger than this process may still get their row.
        var start = time.GetUtcNow();
        var kept = await store.ReadAsync(NamesAsync, stoppingToken);
        var deleted = await Task.Run(() => blobs.DeleteOrphans(kept, start), stoppingToken);
        if (deleted > 0)
        {
            Log.Swept(logger, deleted);
        }
    }

    private static async Task<HashSet<string>> NamesAsync(StoreContext context, CancellationToken cancellationToken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        await foreach (
            var segments in context
                .Files.Select(row => row.Segments)
                .AsAsyncEnumerable()
                .WithCancellation(cancellationToken)
        )
        {
            names.UnionWith(FileSegments.Read(segments).Select(segment => segment.Blob));
        }
        await foreach (
            var blob in context
                .UploadParts.Select(row => row.Blob)
                .AsAsyncEnumerable()
                .WithCancellation(cancellationToken)
        )
        {
            names.Add(blob);
        }
        return names;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Deleted {Blobs} blobs that an earlier process left behind.")]
        public static partial void Swept(ILogger logger, int blobs);
    }
}
