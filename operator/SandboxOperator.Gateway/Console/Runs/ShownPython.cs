namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>What pages show of an execution of code.</summary>
/// <param name="CallId">The tool call.</param>
/// <param name="Code">What the model wrote.</param>
/// <param name="Outputs">What came of it.</param>
internal sealed record ShownPython(string CallId, string Code, IReadOnlyList<CallOutput> Outputs)
{
    /// <summary>How many characters are kept.</summary>
    public int Length => Code.Length + Outputs.Sum(output => output.Text?.Length ?? 0);
}
