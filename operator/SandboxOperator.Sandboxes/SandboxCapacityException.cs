namespace SandboxOperator.Sandboxes;

/// <summary>Every sandbox that this installation may run belongs to an active run.</summary>
public sealed class SandboxCapacityException(string message, TimeSpan retryAfter, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>When asking again may help.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
