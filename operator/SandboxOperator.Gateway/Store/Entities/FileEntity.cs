namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>A file. Its contents are a list of segments in the blob store.</summary>
internal sealed class FileEntity : IListed
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    public required string Id { get; set; }
    public required string Project { get; set; }
    public long CreatedAtMs { get; set; }
    public long? ExpiresAtMs { get; set; }
    public required string Filename { get; set; }
    public required string Purpose { get; set; }
    public long Bytes { get; set; }

    /// <summary>JSON array of <c>{"blob":"…","bytes":n}</c>, in order.</summary>
    public required string Segments { get; set; }
}
