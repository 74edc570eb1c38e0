namespace SandboxOperator.Sandboxes.Agents;

/// <summary>The agent answered something that its protocol does not allow. Never leaves the client as it is.</summary>
internal sealed class AgentProtocolException(string message, Exception? inner = null) : Exception(message, inner);
