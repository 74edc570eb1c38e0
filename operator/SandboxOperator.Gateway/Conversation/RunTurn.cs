using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>A turn of a run: what the model said, and what its tool calls came to.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Message">The assistant message, verbatim.</param>
/// <param name="Results">Tool call id to what the model reads; a missing one is told to be unknown.</param>
/// <param name="TextDeleted">True when the message made from the text was deleted: the text leaves the history.</param>
internal sealed record RunTurn(
    string RunId,
    JsonObject Message,
    IReadOnlyDictionary<string, string> Results,
    bool TextDeleted = false
) : HistoryItem;
