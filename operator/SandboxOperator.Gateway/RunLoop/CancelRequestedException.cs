namespace SandboxOperator.Gateway.RunLoop;

/// <summary>A write that would have moved the run on found that its cancellation was asked for.</summary>
internal sealed class CancelRequestedException(string message) : Exception(message) { }
