using SandboxOperator.Agent.Serve.Http;
using SandboxOperator.Agent.Serve.Unix;

namespace SandboxOperator.Agent.Serve.Files;

/// <summary>
/// The disk limit as far as transfers go: what lies in the sandbox's directories plus what is being written must stay
/// below it. What code in the sandbox writes is watched from inside.
/// </summary>
internal sealed class DiskQuota(IReadOnlyList<DirectoryHandle> roots, long? maxBytes, long? maxFiles)
{
    private readonly Lock _gate = new();
    private long _usedBytes;
    private long _reservedBytes;
    private long _usedFiles;

    /// <summary>Makes room for one file.</summary>
    /// <param name="bytes">How long it will be, as far as known.</param>
    /// <param name="entries">How many names it adds.</param>
    /// <exception cref="RequestException">507: it does not fit.</exception>
    public Reservation Reserve(long bytes, int entries)
    {
        lock (_gate)
        {
            Measure();
            if (maxFiles is { } files && _usedFiles + entries > files)
            {
                throw RequestException.DiskFull(
                    $"The sandbox holds {_usedFiles} of at most {files} files. Delete some."
                );
            }

            var reservation = new Reservation(this);
            reservation.Grow(bytes);
            return reservation;
        }
    }

    private void Measure()
    {
        if (maxBytes is null && maxFiles is null)
        {
            return;
        }

        _usedBytes = _usedFiles = 0;
        foreach (var root in roots)
        {
            TreeWalk.Visit(
                root,
                maxFiles ?? 1_000_000,
                (path, stat) =>
                {
                    _usedFiles++;
                    // Nameless is what is just being written, for example: that is in the reservations.
                    _usedBytes += path is null ? 0 : stat.Allocated;
                }
            );
        }
    }

    /// <summary>Room for a file; disposing it leaves the bytes to the next measurement.</summary>
    internal sealed class Reservation(DiskQuota quota) : IDisposable
    {
        private long _bytes;

        /// <exception cref="RequestException">507: so much more does not fit.</exception>
        public void Grow(long bytes)
        {
            lock (quota._gate)
            {
                var taken = quota._usedBytes + quota._reservedBytes;
                if (quota.MaxBytes is { } max && bytes > max - taken)
                {
                    throw RequestException.DiskFull(
                        $"The file does not fit: {Math.Max(0, max - taken)} of {max} bytes are free. Delete some files."
                    );
                }

                _bytes += bytes;
                quota._reservedBytes += bytes;
            }
        }

        public void Dispose()
        {
            lock (quota._gate)
            {
                quota._reservedBytes -= _bytes;
                quota._usedBytes += _bytes;
                _bytes = 0;
            }
        }
    }

    private long? MaxBytes => maxBytes;
}
