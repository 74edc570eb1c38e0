using System.Text;
using System.Text.Json;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Reads <c>step_details</c> as the store keeps them.</summary>
internal static class StepDetails
{
    /// <summary>The message of a step that made one, or null.</summary>
    public static string? MessageId(JsonElement details) =>
        details.TryGetProperty("message_creation", out var creation)
            ? creation.GetProperty("message_id").GetString()
            : null;

    /// <summary>The tool calls; none for a step that made a message.</summary>
    public static IReadOnlyList<JsonElement> ToolCalls(JsonElement details) =>
        details.TryGetProperty("tool_calls", out var calls) ? [.. calls.EnumerateArray()] : [];

    /// <summary>The code interpreter's part of a tool call, or null.</summary>
    public static JsonElement? Interpreter(JsonElement call) =>
        call.TryGetProperty("code_interpreter", out var interpreter) ? interpreter : null;

    /// <summary>The outputs of a code interpreter call, as a page shows them.</summary>
    public static IReadOnlyList<CallOutput> Outputs(JsonElement interpreter) =>
        [
            .. interpreter
                .GetProperty("outputs")
                .EnumerateArray()
                .Select(output =>
                    output.GetProperty("type").GetString() == "image"
                        ? new CallOutput(null, output.GetProperty("image").GetProperty("file_id").GetString(), 0)
                        : CallOutput.OfText(output.GetProperty("logs").GetString() ?? "")
                ),
        ];

    /// <summary>Everything that a step's calls printed.</summary>
    public static string Logs(string detailsJson)
    {
        using var document = JsonDocument.Parse(detailsJson);
        var text = new StringBuilder();
        foreach (var interpreter in ToolCalls(document.RootElement).Select(Interpreter).OfType<JsonElement>())
        {
            foreach (var output in interpreter.GetProperty("outputs").EnumerateArray())
            {
                if (output.TryGetProperty("logs", out var logs))
                {
                    text.Append(logs.GetString());
                }
            }
        }

        return text.ToString();
    }
}
