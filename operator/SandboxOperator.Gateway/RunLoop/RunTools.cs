using System.Collections.Frozen;
using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Conversation;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>The tools of a run, and what the model's calls of them mean.</summary>
internal sealed class RunTools
{
    private readonly FrozenSet<string> _functions;

    /// <param name="tools">The run's tools as the API has them.</param>
    public RunTools(JsonArray tools)
    {
        Tools = tools;
        HasPython = tools.Any(tool => (string?)tool?["type"] == ModelTools.CodeInterpreter);
        _functions = tools
            .Select(tool => (string?)tool?["function"]?["name"])
            .OfType<string>()
            .ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The tools as the API has them.</summary>
    public JsonArray Tools { get; }

    /// <summary>Whether the run may use the code interpreter.</summary>
    public bool HasPython { get; }

    public ToolCallKind KindOf(string? name) =>
        name switch
        {
            ModelTools.Python when HasPython => ToolCallKind.Python,
            not null when _functions.Contains(name) => ToolCallKind.Function,
            _ => ToolCallKind.Unknown,
        };

    /// <summary>What the model reads when it calls a tool that is not there.</summary>
    public string Explain(string name)
    {
        string[] names =
        [
            .. HasPython ? [ModelTools.Python] : Array.Empty<string>(),
            .. _functions.Order(StringComparer.Ordinal),
        ];
        var there =
            names.Length == 0 ? "There are no tools: answer without." : $"The tools are: {string.Join(", ", names)}.";
        return $"[There is no tool '{SandboxPrompt.Printable(name)}'. {there}]";
    }

    /// <summary>
    /// The tool calls of a turn. Ids that are missing or come twice are mended in the message itself, because every
    /// result has to name one call.
    /// </summary>
    public IReadOnlyList<ToolCall> CallsOf(JsonObject message, string runId, int turn)
    {
        var calls = new List<ToolCall>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var call in (message["tool_calls"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var id = CallIds.Of(runId, turn, calls.Count);
            var upstreamId = Text(call["id"]);
            if (string.IsNullOrEmpty(upstreamId) || !seen.Add(upstreamId))
            {
                upstreamId = id;
                seen.Add(id);
                call["id"] = id;
            }

            var name = Text(call["function"]?["name"]) ?? "";
            var arguments = Text(call["function"]?["arguments"]) ?? "";
            calls.Add(new ToolCall(turn, calls.Count, upstreamId, id, KindOf(name), name, arguments));
        }

        return calls;
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
