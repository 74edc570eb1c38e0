using System.Text.Json;
using SandboxOperator.Gateway.Blobs;

namespace SandboxOperator.Gateway.Files;

/// <summary>The segments of a file as its row keeps them.</summary>
internal static class FileSegments
{
    public static IReadOnlyList<BlobSegment> Read(string json) => JsonSerializer.Deserialize<List<BlobSegment>>(json)!;

    public static string Write(IReadOnlyList<BlobSegment> segments) => JsonSerializer.Serialize(segments);
}
