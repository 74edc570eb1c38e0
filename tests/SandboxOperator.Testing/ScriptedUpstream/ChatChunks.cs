using System.Text.Json.Nodes;

namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>Turns a scripted turn into Chat Completions answers.</summary>
internal static class ChatChunks
{
    /// <summary>The deltas of a turn, the finish reason apart.</summary>
    public static IEnumerable<JsonObject> Deltas(ScriptedTurn turn, Func<string, string> expand)
    {
        yield return new JsonObject { ["role"] = "assistant", ["content"] = turn.Text is null ? null : "" };
        foreach (var piece in Split(turn.Reasoning, turn.ChunkSize))
        {
            yield return new JsonObject { ["reasoning_content"] = piece };
        }
        foreach (var piece in Split(turn.Text is { } text ? expand(text) : null, turn.ChunkSize))
        {
            yield return new JsonObject { ["content"] = piece };
        }
        foreach (var piece in Split(turn.Refusal, turn.ChunkSize))
        {
            yield return new JsonObject { ["refusal"] = piece };
        }
        for (var i = 0; i < turn.ToolCalls.Count; i++)
        {
            var call = turn.ToolCalls[i];
            yield return ToolDelta(
                new JsonObject
                {
                    ["index"] = i,
                    ["id"] = call.Id ?? NewId("call_"),
                    ["type"] = "function",
                    ["function"] = new JsonObject { ["name"] = call.FunctionName, ["arguments"] = "" },
                }
            );
            foreach (var piece in Split(call.ArgumentText(expand), turn.ChunkSize))
            {
                yield return ToolDelta(
                    new JsonObject
                    {
                        ["index"] = i,
                        ["function"] = new JsonObject { ["arguments"] = piece },
                    }
                );
            }
        }
    }

    /// <summary>The whole assistant message of a turn.</summary>
    public static JsonObject Message(ScriptedTurn turn, Func<string, string> expand)
    {
        var message = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = turn.Text is { } text ? expand(text) : null,
            ["refusal"] = turn.Refusal,
        };
        if (turn.Reasoning is not null)
        {
            message["reasoning_content"] = turn.Reasoning;
        }
        if (turn.ToolCalls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([
                .. turn.ToolCalls.Select(call =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["id"] = call.Id ?? NewId("call_"),
                            ["type"] = "function",
                            ["function"] = new JsonObject
                            {
                                ["name"] = call.FunctionName,
                                ["arguments"] = call.ArgumentText(expand),
                            },
                        }
                ),
            ]);
        }
        return message;
    }

    public static string FinishReason(ScriptedTurn turn) =>
        turn.FinishReason ?? (turn.ToolCalls.Count > 0 ? "tool_calls" : "stop");

    /// <summary>The turn's usage, by a rule of thumb when the script does not say it.</summary>
    public static JsonObject Usage(ScriptedTurn turn, JsonNode request, Func<string, string> expand)
    {
        if (turn.Usage is not null)
        {
            return turn.Usage.DeepClone().AsObject();
        }
        var prompt = Math.Max(1, request["messages"]!.ToJsonString().Length / 4);
        var completion = Math.Max(1, Message(turn, expand).ToJsonString().Length / 4);
        return new JsonObject
        {
            ["prompt_tokens"] = prompt,
            ["completion_tokens"] = completion,
            ["total_tokens"] = prompt + completion,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 0 },
            ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
        };
    }

    public static string NewId(string prefix) => prefix + Guid.NewGuid().ToString("N")[..24];

    private static JsonObject ToolDelta(JsonObject call) => new() { ["tool_calls"] = new JsonArray(call) };

    /// <summary>Pieces of a few UTF-16 units; a pair of surrogates stays together, because JSON cannot hold a half.</summary>
    private static IEnumerable<string> Split(string? text, int size)
    {
        for (var at = 0; text is not null && at < text.Length; )
        {
            var length = Math.Min(Math.Max(1, size), text.Length - at);
            if (char.IsHighSurrogate(text[at + length - 1]) && at + length < text.Length)
            {
                length++;
            }
            yield return text.Substring(at, length);
            at += length;
        }
    }
}
