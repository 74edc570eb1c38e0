using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>A message that a client wrote.</summary>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">The content parts as the store holds them.</param>
/// <param name="Attachments">The attachments as the store holds them.</param>
internal sealed record ClientMessage(string Role, JsonArray Content, JsonArray Attachments) : HistoryItem;
