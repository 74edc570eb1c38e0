namespace SandboxOperator.Agent.Link;

/// <summary>The peer sent what the protocol does not know; the connection is of no further use.</summary>
internal sealed class LinkException(string message, Exception? inner = null) : IOException(message, inner);
