using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>The whole turn, at its end.</summary>
/// <param name="Message">The assistant message as later requests must repeat it, unknown fields included.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>, or what a server calls it.</param>
/// <param name="Usage">Tokens.</param>
internal sealed record ModelTurn(JsonObject Message, string FinishReason, ModelUsage Usage) : ModelEvent
{
    /// <summary>The model as the answer names it, which aliases and snapshots make another than was asked; null when it does not.</summary>
    public string? Model { get; init; }

    /// <summary>The answer's id; null when it has none.</summary>
    public string? Id { get; init; }
}
