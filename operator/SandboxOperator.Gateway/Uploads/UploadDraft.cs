using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Uploads;

/// <summary>An upload that a request asks for.</summary>
internal sealed record UploadDraft(
    string Filename,
    string Purpose,
    string MimeType,
    long Bytes,
    long? FileExpiresAfterSeconds
)
{
    private const int MaxMimeType = 255;

    /// <summary>Reads the whole object.</summary>
    /// <param name="reader">The body.</param>
    /// <param name="maximum">The most bytes of an upload.</param>
    public static UploadDraft Read(JsonObjectReader reader, long maximum)
    {
        var draft = new UploadDraft(
            FileNames.Check(reader.RequiredString("filename"), "filename"),
            FilePurposes.Check(reader.RequiredString("purpose")),
            reader.RequiredString("mime_type", MaxMimeType),
            reader.RequiredInteger("bytes", 1, maximum),
            FileExpiry.Read(reader)
        );
        reader.End();
        return draft;
    }
}
