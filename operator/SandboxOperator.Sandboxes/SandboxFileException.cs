namespace SandboxOperator.Sandboxes;

/// <summary>A file could not be written: the path is refused or the disk limit is reached.</summary>
public sealed class SandboxFileException(string message, Exception? inner = null) : Exception(message, inner) { }
