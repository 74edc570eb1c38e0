using System.Text.Json;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Files;

/// <summary>A file as answers show it.</summary>
internal static class FileJson
{
    public static void Write(Utf8JsonWriter writer, FileEntity file)
    {
        writer.WriteStartObject();
        writer.WriteString("object", "file");
        writer.WriteString("id", file.Id);
        writer.WriteString("purpose", file.Purpose);
        writer.WriteString("filename", file.Filename);
        writer.WriteNumber("bytes", file.Bytes);
        writer.WriteSeconds("created_at", file.CreatedAtMs);
        writer.WriteSeconds("expires_at", file.ExpiresAtMs);
        writer.WriteString("status", "processed");
        writer.WriteNull("status_details");
        writer.WriteEndObject();
    }
}
