namespace SandboxOperator.Gateway.Upstream;

/// <summary>How long to wait before asking again.</summary>
internal static class RetryDelay
{
    /// <summary>
    /// Doubles with each failure, with jitter so that many runs do not come back at once; never less than the upstream
    /// asks for.
    /// </summary>
    /// <param name="failures">How many requests have failed, from 1.</param>
    /// <param name="first">The wait after the first failure.</param>
    /// <param name="max">The longest wait.</param>
    /// <param name="retryAfter">What the upstream asks for.</param>
    /// <param name="random">From 0 to 1.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan max, TimeSpan? retryAfter, double random)
    {
        var doubled = first * Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        var backoff = (doubled < max ? doubled : max) * (0.5 + (random / 2));
        return retryAfter is { } asked && asked > backoff ? asked : backoff;
    }
}
