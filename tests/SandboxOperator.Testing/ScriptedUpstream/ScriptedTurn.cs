using System.Text.Json.Nodes;

namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>
/// One answer of the scripted model. Texts and code may hold <c>{{last_tool_output}}</c>, <c>{{last_user_text}}</c>,
/// <c>{{model}}</c>, and <c>{{last_tool_output:REGEX}}</c> for the first group of a match.
/// </summary>
public sealed record ScriptedTurn
{
    /// <summary>The answer's text.</summary>
    public string? Text { get; init; }

    /// <summary>A refusal.</summary>
    public string? Refusal { get; init; }

    /// <summary>Sent as <c>reasoning_content</c>, a field that not every client knows.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Tool calls, sent after the text.</summary>
    public IReadOnlyList<ScriptedToolCall> ToolCalls { get; init; } = [];

    /// <summary>The finish reason; null means <c>tool_calls</c> or <c>stop</c> as fits.</summary>
    public string? FinishReason { get; init; }

    /// <summary>UTF-16 units a delta.</summary>
    public int ChunkSize { get; init; } = 3;

    /// <summary>Milliseconds between chunks.</summary>
    public int DelayMs { get; init; }

    /// <summary>Where the turn rests until it is released.</summary>
    public ScriptedHold? Hold { get; init; }

    /// <summary>The usage object to report; null means a plausible one.</summary>
    public JsonObject? Usage { get; init; }

    /// <summary>Report no usage although it was asked for.</summary>
    public bool NoUsage { get; init; }

    /// <summary>Strings written to the response as they are, instead of everything above.</summary>
    public IReadOnlyList<string>? Raw { get; init; }

    /// <summary>The content type of <see cref="Raw"/>; null means an event stream.</summary>
    public string? RawContentType { get; init; }

    /// <summary>Regular expression: unless the last tool output matches, <see cref="Else"/> is the turn.</summary>
    public string? IfToolOutput { get; init; }

    /// <summary>See <see cref="IfToolOutput"/>.</summary>
    public ScriptedTurn? Else { get; init; }

    /// <summary>What goes wrong.</summary>
    public ScriptedFault? Fault { get; init; }

    /// <summary>A turn that says something.</summary>
    public static ScriptedTurn Say(string text) => new() { Text = text };

    /// <summary>A turn that runs Python, with text before it when given.</summary>
    public static ScriptedTurn Python(string code, string? text = null) =>
        new() { Text = text, ToolCalls = [new ScriptedToolCall { Python = code }] };

    /// <summary>A turn that calls a function.</summary>
    public static ScriptedTurn Function(string name, JsonNode arguments) =>
        new() { ToolCalls = [new ScriptedToolCall { Name = name, Arguments = arguments }] };
}
