namespace SandboxOperator.Agent.CommandLine;

/// <summary>The command line is not of the documented form; the message says what to change.</summary>
internal sealed class UsageException(string message) : Exception(message);
