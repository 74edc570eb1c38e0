namespace SandboxOperator.Sandboxes;

/// <summary>A sandbox cannot be started; the message says why and what to do.</summary>
public sealed class SandboxUnavailableException(string message, Exception? inner = null) : Exception(message, inner) { }
