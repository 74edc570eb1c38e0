using System.Text.Json;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Uploads;

/// <summary>Uploads and parts as answers show them.</summary>
internal static class UploadJson
{
    public static void Write(Utf8JsonWriter writer, UploadEntity upload, FileEntity? file)
    {
        writer.WriteStartObject();
        writer.WriteString("id", upload.Id);
        writer.WriteString("object", "upload");
        writer.WriteNumber("bytes", upload.Bytes);
        writer.WriteSeconds("created_at", upload.CreatedAtMs);
        writer.WriteString("filename", upload.Filename);
        writer.WriteString("purpose", upload.Purpose);
        writer.WriteString("status", upload.Status);
        writer.WriteSeconds("expires_at", upload.ExpiresAtMs);
        writer.WritePropertyName("file");
        if (file is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            FileJson.Write(writer, file);
        }
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, UploadPartEntity part)
    {
        writer.WriteStartObject();
        writer.WriteString("id", part.Id);
        writer.WriteString("object", "upload.part");
        writer.WriteSeconds("created_at", part.CreatedAtMs);
        writer.WriteString("upload_id", part.UploadId);
        writer.WriteEndObject();
    }
}
