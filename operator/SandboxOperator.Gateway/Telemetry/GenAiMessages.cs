using System.Text.Json.Nodes;

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
            var text = Message(message, content).ToJsonString();
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
    public static string? Output(JsonObject message, string finishReason, ContentCapture content)
    {
        if (!content.IsOpen)
        {
            return null;
        }

        var shown = Message(message, content);
        shown["finish_reason"] = finishReason;
        return new JsonArray(shown).ToJsonString();
    }

    private static JsonObject Message(JsonObject message, ContentCapture content)
    {
        var role = Text(message["role"]) ?? "";
        var parts = new JsonArray();
        if (role == "tool")
        {
            parts.Add(
                new JsonObject
                {
                    ["type"] = "tool_call_response",
                    ["id"] = Text(message["tool_call_id"]),
                    ["response"] = content.Take(Text(message["content"])),
                }
            );
        }
        else if (Text(message["content"]) is { Length: > 0 } text)
        {
            parts.Add(TextPart(text, content));
        }

        foreach (var part in (message["content"] as JsonArray ?? []).OfType<JsonObject>())
        {
            parts.Add(
                Text(part["text"]) is { } piece
                    ? TextPart(piece, content)
                    : new JsonObject { ["type"] = Text(part["type"]) }
            );
        }

        foreach (var call in (message["tool_calls"] as JsonArray ?? []).OfType<JsonObject>())
        {
            parts.Add(
                new JsonObject
                {
                    ["type"] = "tool_call",
                    ["id"] = Text(call["id"]),
                    ["name"] = Text(call["function"]?["name"]),
                    ["arguments"] = content.TakeJson(Text(call["function"]?["arguments"])),
                }
            );
        }

        return new JsonObject { ["role"] = role, ["parts"] = parts };
    }

    private static JsonObject TextPart(string text, ContentCapture content) =>
        new() { ["type"] = "text", ["content"] = content.Take(text) };

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
