using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Uploads;

/// <summary>Decides which parts make the file.</summary>
internal static class UploadParts
{
    /// <summary>The segments of the file that the parts make, in the order asked for.</summary>
    /// <exception cref="ApiException">A part is unknown or named twice, or their sizes do not add up.</exception>
    public static IReadOnlyList<BlobSegment> Choose(
        UploadEntity upload,
        IReadOnlyList<UploadPartEntity> parts,
        IReadOnlyList<string> ids
    )
    {
        var byId = parts.ToDictionary(part => part.Id, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var segments = new List<BlobSegment>(ids.Count);
        foreach (var id in ids)
        {
            if (!byId.TryGetValue(id, out var part))
            {
                throw Invalid($"Upload {upload.Id} has no part '{ApiErrors.Shorten(id)}'.");
            }
            if (!seen.Add(id))
            {
                throw Invalid($"The part '{id}' is named twice.");
            }
            segments.Add(new BlobSegment(part.Blob, part.Bytes));
        }
        var sum = segments.Sum(segment => segment.Bytes);
        return sum == upload.Bytes
            ? segments
            : throw Invalid($"The parts have {sum} bytes, but the upload was made for {upload.Bytes}.");
    }

    private static ApiException Invalid(string message) => ApiErrors.InvalidValue("part_ids", message);
}
