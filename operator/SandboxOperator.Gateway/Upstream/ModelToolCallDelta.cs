namespace SandboxOperator.Gateway.Upstream;

/// <summary>A piece of a tool call.</summary>
/// <param name="Index">Which of the turn's tool calls, from 0.</param>
/// <param name="Id">The call's id, once; made up when the upstream gives none.</param>
/// <param name="Name">The function's name, whole, on the first delta of the call.</param>
/// <param name="Arguments">The next piece of the arguments' JSON text; may be empty.</param>
internal sealed record ModelToolCallDelta(int Index, string? Id, string? Name, string Arguments) : ModelEvent;
