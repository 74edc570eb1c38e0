namespace SandboxOperator.Gateway.Store;

/// <summary>The store could not keep a write, for example because the disk is full. Nothing of it was kept.</summary>
internal sealed class StoreFailedException(string message, bool diskFull, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>True when room on the disk would help.</summary>
    public bool DiskFull { get; } = diskFull;
}
