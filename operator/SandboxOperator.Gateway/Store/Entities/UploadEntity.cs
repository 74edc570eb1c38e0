namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>An upload in parts.</summary>
internal sealed class UploadEntity
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    public required string Id { get; set; }
    public required string Project { get; set; }
    public long CreatedAtMs { get; set; }
    public long ExpiresAtMs { get; set; }
    public required string Filename { get; set; }
    public required string Purpose { get; set; }
    public required string MimeType { get; set; }
    public long Bytes { get; set; }

    /// <summary>Seconds that the finished file is kept, or null.</summary>
    public long? FileExpiresAfterSeconds { get; set; }

    /// <summary><c>pending</c>, <c>completed</c>, <c>cancelled</c> or <c>expired</c>.</summary>
    public string Status { get; set; } = "pending";

    /// <summary>The file it became, or null.</summary>
    public string? FileId { get; set; }
}
