using System.Buffers;
using System.Security.Cryptography;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Blobs;

/// <summary>
/// Blobs as files of a local directory, spread over 256 subdirectories by their first two letters.
/// <list type="number">
/// <item>Write to a file in <c>tmp</c>, and flush it.</item>
/// <item>Rename it to its place: it is there whole or not at all.</item>
/// <item>Flush the directory, without which the new name may not survive power loss.</item>
/// </list>
/// </summary>
internal sealed class LocalBlobStore : IBlobStore
{
    private const int BufferBytes = 256 * 1024;
    private const int BytesBetweenLooks = 16 * 1024 * 1024;
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    private readonly FreeSpace _space;
    private readonly string _directory;
    private readonly string _temporary;

    /// <param name="directory">Created when needed. Only one store may use it at a time.</param>
    /// <param name="space">Refuses what would take the last of the disk.</param>
    public LocalBlobStore(string directory, FreeSpace space)
    {
        _space = space;
        _directory = directory;
        _temporary = Path.Combine(directory, "tmp");
        if (Directory.Exists(_temporary))
        {
            // Whatever is here was cut off when the last process ended.
            Directory.Delete(_temporary, recursive: true);
        }
        Directory.CreateDirectory(_temporary);
        for (var shard = 0; shard < 256; shard++)
        {
            Directory.CreateDirectory(Path.Combine(directory, shard.ToString("x2", null)));
        }
        DirectoryFlush.Flush(directory);
    }

    public async Task<BlobSegment> WriteAsync(Stream content, long maximum, CancellationToken cancellationToken)
    {
        var name = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var temporary = Path.Combine(_temporary, name);
        try
        {
            var bytes = await CopyAsync(content, temporary, maximum, cancellationToken);
            var path = PathOf(name);
            File.Move(temporary, path);
            DirectoryFlush.Flush(Path.GetDirectoryName(path)!);
            return new BlobSegment(name, bytes);
        }
        catch (IOException error) when (error.HResult is NoSpace or QuotaExceeded)
        {
            Discard(name, temporary);
            throw new StoreFailedException("The disk that holds the data directory is full.", diskFull: true, error);
        }
        catch
        {
            Discard(name, temporary);
            throw;
        }
    }

    public Stream OpenRead(IReadOnlyList<BlobSegment> segments) => new SegmentStream(segments, PathOf);

    public string? LocalPath(BlobSegment segment) => PathOf(segment.Blob);

    public void Delete(string blob)
    {
        File.Delete(PathOf(blob));
        BlobMetrics.Deleted.Inc();
    }

    public int DeleteOrphans(IReadOnlySet<string> kept, DateTimeOffset before)
    {
        var deleted = 0;
        foreach (var path in Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetFileName(path);
            if (!kept.Contains(name) && File.GetLastWriteTimeUtc(path) < before.UtcDateTime)
            {
                File.Delete(path);
                deleted++;
            }
        }
        BlobMetrics.Deleted.Inc(deleted);
        return deleted;
    }

    private async Task<long> CopyAsync(Stream content, string path, long maximum, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
            long total = 0;
            long roomFor = 0;
            while (true)
            {
                // Whole buffers, however small the pieces that come: the disk is asked less often.
                var read = await content.ReadAtLeastAsync(
                    buffer.AsMemory(0, BufferBytes),
                    BufferBytes,
                    throwOnEndOfStream: false,
                    cancellationToken
                );
                if (read == 0)
                {
                    break;
                }
                total += read;
                if (total > maximum)
                {
                    throw new BlobTooLargeException(maximum);
                }
                if (total > roomFor)
                {
                    // The disk is looked at once in a while only; others write to it as well.
                    _space.Require(read);
                    roomFor = total + BytesBetweenLooks;
                }
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                BlobMetrics.WrittenBytes.Inc(read);
            }
            await Task.Run(() => file.Flush(flushToDisk: true), cancellationToken);
            return total;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Discard(string name, string temporary)
    {
        File.Delete(temporary);
        File.Delete(PathOf(name));
    }

    private string PathOf(string blob) => Path.Combine(_directory, blob[..2], blob);
}
