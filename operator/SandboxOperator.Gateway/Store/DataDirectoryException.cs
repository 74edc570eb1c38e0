namespace SandboxOperator.Gateway.Store;

/// <summary>The data directory cannot be used; the message says what to do.</summary>
internal sealed class DataDirectoryException(string message, Exception inner) : Exception(message, inner);
