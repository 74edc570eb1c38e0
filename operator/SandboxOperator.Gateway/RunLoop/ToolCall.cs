namespace SandboxOperator.Gateway.RunLoop;

/// <summary>A tool call of a turn.</summary>
/// <param name="Turn">The turn of the run that asks for it.</param>
/// <param name="Index">Its place among the turn's calls, from 0.</param>
/// <param name="UpstreamId">Its id as the model has it.</param>
/// <param name="Id">Its id as answers show it.</param>
/// <param name="Kind">What is to be done about it.</param>
/// <param name="Name">The tool's name as the model has it.</param>
/// <param name="Arguments">The arguments as the model wrote them, malformed or not.</param>
internal sealed record ToolCall(
    int Turn,
    int Index,
    string UpstreamId,
    string Id,
    ToolCallKind Kind,
    string Name,
    string Arguments
);
