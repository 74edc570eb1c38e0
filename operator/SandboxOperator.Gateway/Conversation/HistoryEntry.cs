using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>An item of the history with the chat messages it became.</summary>
internal sealed record HistoryEntry(HistoryItem Item, IReadOnlyList<JsonObject> Messages);
