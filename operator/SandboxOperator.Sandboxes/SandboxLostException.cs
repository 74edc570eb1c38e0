namespace SandboxOperator.Sandboxes;

/// <summary>The sandbox went away during a request; what the request did is not known.</summary>
public sealed class SandboxLostException(string message, Exception? inner = null) : Exception(message, inner) { }
