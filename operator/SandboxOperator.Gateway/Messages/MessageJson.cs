using System.Text.Json;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Messages;

/// <summary>A message as answers and events show it.</summary>
internal static class MessageJson
{
    public static void Write(Utf8JsonWriter writer, MessageEntity message)
    {
        writer.WriteStartObject();
        writer.WriteString("id", message.Id);
        writer.WriteString("object", "thread.message");
        writer.WriteSeconds("created_at", message.CreatedAtMs);
        writer.WriteString("thread_id", message.ThreadId);
        writer.WriteString("status", message.Status);
        if (message.IncompleteReason is { } reason)
        {
            writer.WriteStartObject("incomplete_details");
            writer.WriteString("reason", reason);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("incomplete_details");
        }
        writer.WriteSeconds("completed_at", message.CompletedAtMs);
        writer.WriteSeconds("incomplete_at", message.IncompleteAtMs);
        writer.WriteString("role", message.Role);
        writer.WriteRaw("content", message.Content);
        writer.WriteString("assistant_id", message.AssistantId);
        writer.WriteString("run_id", message.RunId);
        writer.WriteRaw("attachments", message.Attachments);
        writer.WriteRaw("metadata", message.Metadata);
        writer.WriteEndObject();
    }
}
