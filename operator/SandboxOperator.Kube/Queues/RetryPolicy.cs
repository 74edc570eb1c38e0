namespace SandboxOperator.Kube.Queues;

/// <summary>How long to wait before trying again: twice as long after every failure, up to a limit.</summary>
/// <param name="First">The wait after the first failure.</param>
/// <param name="Longest">The longest wait.</param>
public sealed record RetryPolicy(TimeSpan First, TimeSpan Longest)
{
    /// <summary>50 ms to half a minute.</summary>
    public static RetryPolicy Default { get; } = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(30));

    /// <summary>The wait before the next try.</summary>
    /// <param name="failures">How often it failed in a row, at least once.</param>
    /// <returns>The wait.</returns>
    public TimeSpan Delay(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(failures);
        var factor = Math.Pow(2, Math.Min(failures - 1, 40));
        return First * factor < Longest ? First * factor : Longest;
    }
}
