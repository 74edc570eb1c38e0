using System.Text.Json;
using System.Text.Json.Nodes;

namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>Finds what a strict Chat Completions server would refuse.</summary>
public static class ChatValidator
{
    private static readonly string[] TextRoles = ["system", "developer", "assistant", "tool"];

    /// <summary>The first problem of a request, or null.</summary>
    public static string? Check(JsonNode? body)
    {
        if (body is not JsonObject request)
        {
            return "The body is not a JSON object.";
        }
        if (request["model"] is not JsonValue model || model.GetValueKind() != JsonValueKind.String)
        {
            return "Missing required parameter: 'model'.";
        }
        if (request["messages"] is not JsonArray { Count: > 0 } messages)
        {
            return "Invalid 'messages': expected a non-empty array.";
        }
        return CheckTools(request) ?? CheckSettings(request) ?? CheckMessages(messages);
    }

    private static string? CheckTools(JsonObject request)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (request["tools"] is JsonArray tools)
        {
            if (tools.Count == 0)
            {
                return "Invalid 'tools': empty array. Expected an array with minimum length 1.";
            }
            foreach (var tool in tools)
            {
                if ((string?)tool?["type"] != "function" || (string?)tool["function"]?["name"] is not { } name)
                {
                    return "Invalid 'tools': only functions with a name are supported.";
                }
                if (!names.Add(name))
                {
                    return $"Invalid 'tools': the function '{name}' is there twice.";
                }
            }
        }
        if (request.ContainsKey("tool_choice") && names.Count == 0)
        {
            return "'tool_choice' is only allowed when 'tools' are specified.";
        }
        if (request.ContainsKey("parallel_tool_calls") && names.Count == 0)
        {
            return "'parallel_tool_calls' is only allowed when 'tools' are specified.";
        }
        if (request["tool_choice"] is JsonObject choice)
        {
            var name = (string?)choice["function"]?["name"];
            if (name is null || !names.Contains(name))
            {
                return $"Tool choice '{name}' not found in 'tools'.";
            }
        }
        else if (
            request["tool_choice"] is JsonValue word
            && word.GetValue<string>() is not ("none" or "auto" or "required")
        )
        {
            return $"Invalid value for 'tool_choice': '{word}'.";
        }
        return null;
    }

    private static string? CheckSettings(JsonObject request)
    {
        if (request.Any(pair => pair.Value is null && pair.Key is not ("stop" or "user")))
        {
            return $"Parameter '{request.First(pair => pair.Value is null).Key}' is null.";
        }
        if (request.ContainsKey("stream_options") && (bool?)request["stream"] != true)
        {
            return "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
        }
        if (request["response_format"] is { } format && format is not JsonObject)
        {
            return "Invalid type for 'response_format': expected an object.";
        }
        if (request["max_completion_tokens"] is { } max && max.GetValue<long>() < 1)
        {
            return "Invalid 'max_completion_tokens': integer below minimum value.";
        }
        return null;
    }

    private static string? CheckMessages(JsonArray messages)
    {
        var open = new List<string>();
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i] as JsonObject;
            var role = (string?)message?["role"];
            if (message is null || role is null)
            {
                return $"Missing required parameter: 'messages[{i}].role'.";
            }
            if (open.Count > 0 && role != "tool")
            {
                return "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                    + $"'tool_call_id'. The following tool_call_ids did not have response messages: {string.Join(", ", open)}";
            }
            if (role is not ("system" or "developer" or "user" or "assistant" or "tool"))
            {
                return $"Invalid value: '{role}' - 'messages[{i}].role'.";
            }
            if (role == "tool")
            {
                if ((string?)message["tool_call_id"] is not { } id || !open.Remove(id))
                {
                    return $"Invalid parameter: messages[{i}] with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
                }
            }
            if (CheckContent(message, role, i) is { } problem)
            {
                return problem;
            }
            if (role == "assistant" && message["tool_calls"] is JsonArray calls)
            {
                if (calls.Count == 0)
                {
                    return $"Invalid 'messages[{i}].tool_calls': empty array.";
                }
                foreach (var call in calls)
                {
                    if (
                        (string?)call?["id"] is not { Length: > 0 } id
                        || (string?)call["type"] != "function"
                        || (string?)call["function"]?["name"] is not { Length: > 0 }
                        || (string?)call["function"]?["arguments"] is null
                    )
                    {
                        return $"Invalid 'messages[{i}].tool_calls': a call lacks id, type, name or arguments.";
                    }
                    if (open.Contains(id))
                    {
                        return $"Invalid 'messages[{i}].tool_calls': the id '{id}' is there twice.";
                    }
                    open.Add(id);
                }
            }
        }
        return open.Count > 0 ? $"Tool calls without tool messages: {string.Join(", ", open)}." : null;
    }

    private static string? CheckContent(JsonObject message, string role, int i)
    {
        switch (message["content"])
        {
            case null:
                return
                    role == "assistant"
                    && (message["tool_calls"] is not null || message["refusal"]?.GetValueKind() == JsonValueKind.String)
                    ? null
                    : $"Invalid value for 'content': expected a string, got null - 'messages[{i}]'.";
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                return null;
            case JsonArray { Count: > 0 } parts:
                foreach (var part in parts)
                {
                    var type = (string?)part?["type"];
                    var legal = type switch
                    {
                        "text" => part!["text"]?.GetValueKind() == JsonValueKind.String,
                        "refusal" => role == "assistant",
                        "image_url" => !TextRoles.Contains(role, StringComparer.Ordinal)
                            && part!["image_url"]?["url"]?.GetValueKind() == JsonValueKind.String,
                        _ => false,
                    };
                    if (!legal)
                    {
                        return $"Invalid content part '{type}' in 'messages[{i}]' with role '{role}'.";
                    }
                }
                return null;
            default:
                return $"Invalid type for 'messages[{i}].content'.";
        }
    }
}
