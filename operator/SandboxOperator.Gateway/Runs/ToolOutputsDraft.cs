using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Runs;

/// <summary>Outputs of function calls that a request brings.</summary>
/// <param name="Outputs">Call ids and outputs.</param>
/// <param name="Stream">Whether the answer is a stream.</param>
internal sealed record ToolOutputsDraft(IReadOnlyList<(string CallId, string Output)> Outputs, bool Stream)
{
    /// <summary>What the model can read at most of one output, in characters.</summary>
    private const int MaxOutput = 10_485_760;

    private const int MaxOutputs = 512;

    public static ToolOutputsDraft Read(JsonObjectReader reader)
    {
        const string name = "tool_outputs";
        var outputs = new List<(string, string)>();
        foreach (var output in reader.Objects(name, MaxOutputs) ?? throw ApiErrors.Missing(name))
        {
            outputs.Add((output.RequiredString("tool_call_id"), output.String("output", MaxOutput) ?? ""));
            output.End();
        }

        var draft = new ToolOutputsDraft(outputs, reader.Boolean("stream") ?? false);
        reader.End();
        return draft;
    }
}
