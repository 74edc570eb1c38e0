using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>A request to a model, ready to send.</summary>
/// <param name="Body">The Chat Completions request without model and stream.</param>
/// <param name="PromptTokens">Its size by our count.</param>
/// <param name="Fits">
/// False when it exceeds the run's prompt tokens although nothing more can be left out: the run is incomplete.
/// </param>
/// <param name="CanShrink">False when nothing more can be left out: after a context-length failure the run has failed.</param>
internal sealed record ConversationPlan(JsonObject Body, long PromptTokens, bool Fits, bool CanShrink);
