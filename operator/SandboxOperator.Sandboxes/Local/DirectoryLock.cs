namespace SandboxOperator.Sandboxes.Local;

/// <summary>Keeps two gateways from managing the same sandboxes. The system releases it when its holder is killed.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <exception cref="IOException">Another gateway holds the directory.</exception>
    public static DirectoryLock Take(string directory)
    {
        try
        {
            return new DirectoryLock(
                new FileStream(
                    Path.Combine(directory, "lock"),
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None
                )
            );
        }
        catch (IOException exception)
        {
            throw new IOException(
                $"Another gateway manages the sandboxes in {directory}. Stop it, or give this one a directory of its own "
                    + $"with the setting {LocalSandboxOptions.Section}:{nameof(LocalSandboxOptions.Directory)}.",
                exception
            );
        }
    }

    public void Dispose() => _file.Dispose();
}
