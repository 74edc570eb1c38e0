namespace SandboxOperator.Gateway.Upstream;

/// <summary>One request to the upstream failed; another may not.</summary>
internal sealed class AttemptException(ModelFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>What the turn fails with when it is not asked for again.</summary>
    public ModelFailure Failure { get; } = failure;

    /// <summary>
    /// The reason in words that are all ours, for logs: upstreams like to quote what they were asked, and
    /// <see cref="Exception.Message"/> quotes them.
    /// </summary>
    public string Reason { get; set; } = message;

    /// <summary>True when asking again may help.</summary>
    public bool Retryable { get; init; }

    /// <summary>The wait that the upstream asks for, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when the upstream does not know <c>stream_options</c>.</summary>
    public bool StreamOptionsRejected { get; init; }
}
