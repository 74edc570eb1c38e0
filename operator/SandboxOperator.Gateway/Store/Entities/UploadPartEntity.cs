namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>A part of an upload: one blob.</summary>
internal sealed class UploadPartEntity
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    public required string Id { get; set; }
    public required string UploadId { get; set; }
    public long CreatedAtMs { get; set; }
    public required string Blob { get; set; }
    public long Bytes { get; set; }
}
