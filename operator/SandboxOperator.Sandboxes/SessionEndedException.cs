namespace SandboxOperator.Sandboxes;

/// <summary>The session expired or was ended; its sandbox and files are gone.</summary>
public sealed class SessionEndedException(string message, Exception? inner = null) : Exception(message, inner) { }
