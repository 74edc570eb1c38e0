namespace SandboxOperator.Gateway.Seeding;

/// <summary>A file of the seed cannot be used; the message names file and field.</summary>
internal sealed class SeedException(string message, Exception? inner = null) : Exception(message, inner);
