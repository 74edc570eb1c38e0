namespace SandboxOperator.Gateway.Store;

/// <summary>The directory that holds everything this gateway keeps. Only one gateway may use it at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>Creates the directory when needed, readable by its owner only, and locks it until disposed.</summary>
    /// <exception cref="DataDirectoryException">Another gateway uses it, or it cannot be written to.</exception>
    public static DataDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            // The kernel gives the lock back when the process ends, however it ends.
            var stream = new FileStream(
                System.IO.Path.Combine(full, "lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
            return new DataDirectory(full, stream);
        }
        catch (IOException error) when (File.Exists(System.IO.Path.Combine(full, "lock")))
        {
            throw new DataDirectoryException(
                $"Another gateway uses the data directory {full}. Stop it, or set DATA_DIR to another directory.",
                error
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException(
                $"The data directory {full} cannot be used: {error.Message} Set DATA_DIR to a directory that can.",
                error
            );
        }
    }

    public void Dispose() => _lock.Dispose();
}
