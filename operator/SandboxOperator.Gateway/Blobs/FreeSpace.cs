using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Store;
using FileOptions = SandboxOperator.Gateway.Options.FileOptions;

namespace SandboxOperator.Gateway.Blobs;

/// <summary>
/// Keeps contents of files from taking the last of the disk, which the store needs to go on: to finish runs, and to
/// delete files again.
/// </summary>
internal class FreeSpace(string directory, IOptions<FileOptions> options)
{
    /// <summary>A small disk is not all reserve.</summary>
    private const int LargestShare = 10;

    /// <summary>Makes sure that so many bytes can be written and the reserve is left.</summary>
    /// <exception cref="StoreFailedException">They cannot.</exception>
    public void Require(long bytes)
    {
        var (free, total) = Measure();
        var reserve = Math.Min(options.Value.ReserveBytes, total / LargestShare);
        if (free - reserve < bytes)
        {
            throw new StoreFailedException(
                $"The disk that holds the data directory is full: {free} bytes are free, of which {reserve} are kept in reserve (Files:ReserveBytes). Delete files, or make room on the disk.",
                diskFull: true
            );
        }
    }

    /// <summary>The bytes of the disk that this user may still write, and all of them.</summary>
    protected virtual (long Free, long Total) Measure()
    {
        var drive = new DriveInfo(directory);
        return (drive.AvailableFreeSpace, drive.TotalSize);
    }
}
