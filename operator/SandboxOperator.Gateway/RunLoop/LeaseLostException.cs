namespace SandboxOperator.Gateway.RunLoop;

/// <summary>The run's lease epoch has moved on, or its row is gone: nothing may be written about it any more.</summary>
internal sealed class LeaseLostException(string message) : Exception(message) { }
