using System.Text.Json;
using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>Messages of Chat Completions in the shape that the conventions have for spans.</summary>
internal static class GenAiMessages
{
    /// <summary>The newest messages that the model was given, as many as an attribute may hold; null when content stays out.</summary>
    public static string? Input(JsonArray messages, ContentCapture content, int mostChars)
    {
        if (!content.IsOpen)
        {
            return null;
        }

        var shown = new List<string>();
        var chars = 0;
        for (var index = messages.Count - 1; index >= 0 && messages[index] is JsonObject message; index--)
        {
            var text = Message(message, null, content);
            chars += text.Length;
            if (chars > mostChars && shown.Count > 0)
            {
                break;
            }

            shown.Add(text);
        }

        shown.Reverse();
        return $"[{string.Join(',', shown)}]";
    }

    /// <summary>What the model said; null when content stays out.</summary>
    public static string? Output(JsonObject message, string finishReason, ContentCapture content) =>
        content.IsOpen ? $"[{Message(message, finishReason, content)}]" : null;

    private static string Message(JsonObject message, string? finishReason, ContentCapture content) =>
        WireJson.Text(json =>
        {
            var role = Text(message["role"]) ?? "";
            json.WriteStartObject();
            json.WriteString("role", role);
            json.WriteStartArray("parts");
            Parts(json, message, role, content);
            json.WriteEndArray();
            if (finishReason is not null)
            {
                json.WriteString("finish_reason", finishReason);
            }

            json.WriteEndObject();
        });

    private static void Parts(Utf8JsonWriter json, JsonObject message, string role, ContentCapture content)
    {
        if (role == "tool")
        {
            Part(
                json,
                "tool_call_response",
                ("id", Text(message["tool_call_id"])),
                ("response", content.Take(Text(message["content"])))
            );
        }
        else if (Text(message["content"]) is { Length: > 0 } text)
        {
            Part(json, "text", ("content", content.Take(text)));
        }

        foreach (var part in (message["content"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (Text(part["text"]) is { } piece)
            {
                Part(json, "text", ("content", content.Take(piece)));
            }
            else
            {
                Part(json, Text(part["type"]));
            }
        }

        foreach (var call in (message["tool_calls"] as JsonArray ?? []).OfType<JsonObject>())
        {
            Part(
                json,
                "tool_call",
                ("id", Text(call["id"])),
                ("name", Text(call["function"]?["name"])),
                ("arguments", content.TakeJson(Text(call["function"]?["arguments"])))
            );
        }
    }

    private static void Part(
        Utf8JsonWriter json,
        string? type,
        params ReadOnlySpan<(string Name, string? Value)> members
    )
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        foreach (var (name, value) in members)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
