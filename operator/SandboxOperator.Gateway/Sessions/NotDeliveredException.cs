namespace SandboxOperator.Gateway.Sessions;

/// <summary>A file that code made is not kept: it, or all of them, are too large. The run goes on without it.</summary>
internal sealed class NotDeliveredException(string message, Exception? inner = null) : Exception(message, inner);
