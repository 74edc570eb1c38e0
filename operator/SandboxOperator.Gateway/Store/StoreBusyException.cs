namespace SandboxOperator.Gateway.Store;

/// <summary>Too many writes wait already; this one was not started. Trying again later is right.</summary>
internal sealed class StoreBusyException(string message) : Exception(message);
