using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>Renders items of a thread's history as Chat Completions messages.</summary>
internal sealed class HistoryRenderer(ConversationInput input)
{
    /// <summary>What the model reads for a tool call whose result nobody knows.</summary>
    public const string UnknownResult =
        "[The outcome of this call is not known: the run ended before it was recorded. It may or may not have happened.]";

    /// <summary>The messages of an item; none when nothing of it is left to say.</summary>
    public IReadOnlyList<JsonObject> Render(HistoryItem item, bool withTools) =>
        item switch
        {
            ClientMessage message => RenderMessage(message),
            RunTurn turn => RenderTurn(turn, withTools),
            _ => throw new ArgumentOutOfRangeException(nameof(item), item.GetType().Name, "Unknown history item."),
        };

    private static List<JsonObject> RenderTurn(RunTurn turn, bool withTools)
    {
        var message = turn.Message.DeepClone().AsObject();
        message["role"] = "assistant";
        if (turn.TextDeleted)
        {
            message["content"] = null;
            message.Remove("refusal");
        }
        var calls = withTools ? message["tool_calls"] as JsonArray : null;
        if (calls is not { Count: > 0 })
        {
            message.Remove("tool_calls");
            return IsEmpty(message["content"]) && IsEmpty(message["refusal"]) ? [] : [message];
        }

        var messages = new List<JsonObject> { message };
        foreach (var id in calls.Select(call => (string?)call?["id"]).OfType<string>())
        {
            messages.Add(
                new JsonObject
                {
                    ["role"] = "tool",
                    ["tool_call_id"] = id,
                    ["content"] = turn.Results.GetValueOrDefault(id, UnknownResult),
                }
            );
        }
        return messages;
    }

    private List<JsonObject> RenderMessage(ClientMessage message)
    {
        var isUser = message.Role == "user";
        var parts = new JsonArray();
        foreach (var part in message.Content.OfType<JsonObject>())
        {
            if ((isUser ? UserPart(part) : TextPart(AssistantText(part))) is { } rendered)
            {
                parts.Add(rendered);
            }
        }
        if (AttachmentText(message.Attachments) is { } attached)
        {
            parts.Add(TextPart(attached));
        }
        if (parts.Count == 0)
        {
            return [];
        }
        // Text alone is sent as a string: every server takes that, not every one takes parts.
        JsonNode content = parts.All(part => (string?)part!["type"] == "text")
            ? string.Join("\n\n", parts.Select(part => (string?)part!["text"]))
            : parts;
        return [new JsonObject { ["role"] = isUser ? "user" : "assistant", ["content"] = content }];
    }

    private JsonObject? UserPart(JsonObject part)
    {
        switch ((string?)part["type"])
        {
            case "image_url" when part["image_url"] is JsonObject image:
                return new JsonObject { ["type"] = "image_url", ["image_url"] = image.DeepClone() };
            case "image_file" when FileId(part) is { } id:
                if (input.Pictures.GetValueOrDefault(id) is not { } picture)
                {
                    return TextPart($"[Picture {id}: the file is gone.]");
                }
                if (picture.DataUri is null)
                {
                    var size = picture.Bytes.ToString(CultureInfo.InvariantCulture);
                    return TextPart($"[Picture {picture.Name} ({size} bytes) is not shown: {picture.WhyNot}.]");
                }
                var url = new JsonObject { ["url"] = picture.DataUri };
                if ((string?)part["image_file"]!["detail"] is { } detail)
                {
                    url["detail"] = detail;
                }
                return new JsonObject { ["type"] = "image_url", ["image_url"] = url };
            default:
                return TextPart(PlainText(part));
        }
    }

    private static string? AssistantText(JsonObject part) =>
        (string?)part["type"] switch
        {
            "image_file" => $"[Picture {FileId(part)} was shown to the user.]",
            "image_url" => $"[Picture {(string?)part["image_url"]?["url"]} was shown to the user.]",
            _ => PlainText(part),
        };

    private static string? PlainText(JsonObject part) =>
        part["text"] switch
        {
            JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
            JsonObject text => (string?)text["value"],
            _ => (string?)part["refusal"],
        };

    private static string? FileId(JsonObject part) => (string?)part["image_file"]?["file_id"];

    private string? AttachmentText(JsonArray attachments)
    {
        var names = attachments
            .Select(attachment => (string?)attachment?["file_id"])
            .OfType<string>()
            .Select(id => input.AttachedPaths.TryGetValue(id, out var path) ? $"/mnt/data/{path}" : id)
            .ToList();
        return names.Count == 0 ? null : $"[Attached: {string.Join(", ", names)}]";
    }

    private static JsonObject? TextPart(string? text) =>
        string.IsNullOrEmpty(text) ? null : new JsonObject { ["type"] = "text", ["text"] = text };

    private static bool IsEmpty(JsonNode? content) =>
        content is null || (content.GetValueKind() == JsonValueKind.String && content.GetValue<string>().Length == 0);
}
