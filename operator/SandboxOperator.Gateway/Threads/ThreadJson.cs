using System.Text.Json;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Threads;

/// <summary>A thread as answers show it.</summary>
internal static class ThreadJson
{
    public static void Write(Utf8JsonWriter writer, ThreadEntity thread)
    {
        writer.WriteStartObject();
        writer.WriteString("id", thread.Id);
        writer.WriteString("object", "thread");
        writer.WriteSeconds("created_at", thread.CreatedAtMs);
        writer.WriteRaw("metadata", thread.Metadata);
        writer.WriteRaw("tool_resources", thread.ToolResources);
        writer.WriteEndObject();
    }
}
