using System.Text.Json;
using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>The settings of a request: only what the caller set, because defaults differ between servers.</summary>
internal static class RequestSettings
{
    /// <summary>A new request body without messages.</summary>
    public static JsonObject For(ConversationInput input, JsonArray tools)
    {
        var body = new JsonObject();
        Set(body, "temperature", input.Temperature);
        Set(body, "top_p", input.TopP);
        Set(body, "reasoning_effort", input.ReasoningEffort);
        Set(body, "response_format", ResponseFormat(input.ResponseFormat));
        Set(body, "max_completion_tokens", input.CompletionTokensLeft is { } left ? Math.Max(1, left) : null);
        if (tools.Count > 0)
        {
            body["tools"] = tools;
            Set(body, "tool_choice", ToolChoice(input.ToolChoice, input.FirstTurn));
            Set(body, "parallel_tool_calls", input.ParallelToolCalls);
        }
        return body;
    }

    private static JsonNode? ResponseFormat(JsonNode? format) => format is JsonObject ? format.DeepClone() : null;

    /// <summary><c>none</c> holds for the whole run; a forced choice for its first turn only, or it would never end.</summary>
    private static JsonNode? ToolChoice(JsonNode? choice, bool firstTurn)
    {
        if (choice is JsonValue word)
        {
            return (word.GetValueKind() == JsonValueKind.String ? word.GetValue<string>() : null) switch
            {
                "none" => "none",
                "required" when firstTurn => "required",
                _ => null,
            };
        }
        if (!firstTurn || choice is not JsonObject named)
        {
            return null;
        }
        return (string?)named["type"] == ModelTools.CodeInterpreter
            ? Function(ModelTools.Python)
            : Function((string?)named["function"]?["name"]);
    }

    private static JsonObject? Function(string? name) =>
        name is null
            ? null
            : new JsonObject
            {
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = name },
            };

    private static void Set(JsonObject body, string name, JsonNode? value)
    {
        if (value is not null)
        {
            body[name] = value;
        }
    }
}
