namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>A file that an answer linked: it returns when a later message starts a new session.</summary>
internal sealed class ThreadFileEntity
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    public required string ThreadId { get; set; }
    public required string FileId { get; set; }

    /// <summary>Relative to the working directory.</summary>
    public required string Path { get; set; }
}
