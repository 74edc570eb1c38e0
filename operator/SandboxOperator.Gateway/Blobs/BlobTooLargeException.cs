namespace SandboxOperator.Gateway.Blobs;

/// <summary>The contents are larger than they may be.</summary>
internal sealed class BlobTooLargeException(long maximum) : Exception($"The contents have more than {maximum} bytes.")
{
    /// <summary>In bytes.</summary>
    public long Maximum { get; } = maximum;
}
