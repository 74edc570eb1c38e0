using System.Text;
using System.Text.Json;
using SandboxOperator.Gateway.Console.Text;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Reads <c>step_details</c> as the store keeps them, or the beginning of them.</summary>
internal static class StepDetails
{
    /// <summary>More outputs of one call are not shown.</summary>
    private const int MaxOutputs = 200;

    /// <summary>The tool calls; none for a step that made a message.</summary>
    public static IReadOnlyList<JsonElement> ToolCalls(JsonElement details) =>
        details.TryGetProperty("tool_calls", out var calls) ? [.. calls.EnumerateArray()] : [];

    /// <summary>The code interpreter's part of a tool call, or null.</summary>
    public static JsonElement? Interpreter(JsonElement call) =>
        call.TryGetProperty("code_interpreter", out var interpreter) ? interpreter : null;

    /// <summary>The step as a page shows it.</summary>
    /// <param name="step">Its details may end anywhere.</param>
    /// <param name="maxChars">Of each text no more is kept.</param>
    public static ShownStep Read(RunStepEntity step, int maxChars)
    {
        using var document = JsonDocument.Parse(JsonBeginning.Close(step.Details, out var cut));
        var details = document.RootElement;
        var calls = ToolCalls(details);
        var message = details.TryGetProperty("message_creation", out var creation)
            ? creation.GetProperty("message_id").GetString()
            : null;
        var python =
            calls is [var only] && Interpreter(only) is { } interpreter
                ? new ShownPython(
                    Value(only, "id") ?? "",
                    CallOutput.OfText(Value(interpreter, "input") ?? "", maxChars).Text!,
                    Outputs(interpreter, maxChars, cut)
                )
                : null;
        return new ShownStep(
            step.Id,
            step.CreatedAtMs,
            step.CompletedAtMs ?? step.FailedAtMs ?? step.CancelledAtMs ?? step.ExpiredAtMs,
            step.Status == RunLoop.StepStatuses.InProgress,
            step.Usage,
            message,
            python,
            message is null && python is null ? Functions(calls, maxChars, cut) : []
        );
    }

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

    /// <summary>The outputs of a code interpreter call; something is left out of the last one when it was cut.</summary>
    private static List<CallOutput> Outputs(JsonElement interpreter, int maxChars, bool cut)
    {
        List<CallOutput> outputs = interpreter.TryGetProperty("outputs", out var all)
            ? [.. all.EnumerateArray().Take(MaxOutputs).Select(output => Output(output, maxChars))]
            : [];
        if (cut)
        {
            outputs.Add(new CallOutput("… The rest is left out. …", null, 1));
        }

        return outputs;
    }

    private static CallOutput Output(JsonElement output, int maxChars) =>
        output.TryGetProperty("image", out var image)
            ? new CallOutput(null, Value(image, "file_id") ?? "", 0)
            : CallOutput.OfText(Value(output, "logs") ?? "", maxChars);

    private static List<(string Name, string Arguments, string? Output)> Functions(
        IReadOnlyList<JsonElement> calls,
        int maxChars,
        bool cut
    )
    {
        var functions = new List<(string, string, string?)>();
        foreach (var call in calls)
        {
            if (call.TryGetProperty("function", out var function))
            {
                functions.Add(
                    (
                        Show(Value(function, "name"), maxChars) ?? "",
                        Show(Value(function, "arguments"), maxChars) ?? "",
                        Show(Value(function, "output"), maxChars)
                    )
                );
            }
        }

        if (cut)
        {
            functions.Add(("…", "", "… The rest is left out; the API has all of it. …"));
        }

        return functions;
    }

    private static string? Show(string? text, int maxChars) =>
        text is null ? null : HiddenCharacters.Show(CallOutput.OfText(text, maxChars).Text!);

    private static string? Value(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var value) ? value.GetString() : null;
}
