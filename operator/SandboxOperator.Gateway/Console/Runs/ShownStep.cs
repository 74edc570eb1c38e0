namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>What pages show of a step. It is cut when it is read: a run may have made gigabytes.</summary>
/// <param name="Id">The step.</param>
/// <param name="CreatedAtMs">Unix milliseconds.</param>
/// <param name="EndedAtMs">Null while it is open.</param>
/// <param name="IsOpen">Whether it is being made.</param>
/// <param name="Usage">JSON object, or null.</param>
/// <param name="MessageId">The message that it made, or null.</param>
/// <param name="Python">The execution of code that it is, or null.</param>
/// <param name="Functions">The functions that it asks for: name, arguments, and output, if there is one.</param>
internal sealed record ShownStep(
    string Id,
    long CreatedAtMs,
    long? EndedAtMs,
    bool IsOpen,
    string? Usage,
    string? MessageId,
    ShownPython? Python,
    IReadOnlyList<(string Name, string Arguments, string? Output)> Functions
)
{
    /// <summary>How many characters are kept.</summary>
    public int Length =>
        (Python?.Length ?? 0) + Functions.Sum(call => call.Arguments.Length + (call.Output?.Length ?? 0));
}
