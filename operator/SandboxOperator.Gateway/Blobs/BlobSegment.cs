using System.Text.Json.Serialization;

namespace SandboxOperator.Gateway.Blobs;

/// <summary>A stretch of a file's contents: one whole blob.</summary>
/// <param name="Blob">The blob's name.</param>
/// <param name="Bytes">Its length.</param>
internal sealed record BlobSegment(
    [property: JsonPropertyName("blob")] string Blob,
    [property: JsonPropertyName("bytes")] long Bytes
);
