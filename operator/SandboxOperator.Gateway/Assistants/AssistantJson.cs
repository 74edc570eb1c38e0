using System.Text.Json;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Assistants;

/// <summary>An assistant as answers show it.</summary>
internal static class AssistantJson
{
    public static void Write(Utf8JsonWriter writer, AssistantEntity assistant)
    {
        writer.WriteStartObject();
        writer.WriteString("id", assistant.Id);
        writer.WriteString("object", "assistant");
        writer.WriteSeconds("created_at", assistant.CreatedAtMs);
        writer.WriteString("name", assistant.Name);
        writer.WriteString("description", assistant.Description);
        writer.WriteString("model", assistant.Model);
        writer.WriteString("instructions", assistant.Instructions);
        writer.WriteRaw("tools", assistant.Tools);
        writer.WriteNumber("top_p", assistant.TopP ?? 1);
        writer.WriteNumber("temperature", assistant.Temperature ?? 1);
        writer.WriteString("reasoning_effort", assistant.ReasoningEffort);
        writer.WriteRaw("tool_resources", assistant.ToolResources);
        writer.WriteRaw("metadata", assistant.Metadata);
        writer.WriteRaw("response_format", assistant.ResponseFormat);
        writer.WriteEndObject();
    }
}
