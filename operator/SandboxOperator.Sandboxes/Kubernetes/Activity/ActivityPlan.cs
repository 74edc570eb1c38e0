namespace SandboxOperator.Sandboxes.Kubernetes.Activity;

/// <summary>Decides when the activity of a session is written to its object, which costs the cluster a write each time.</summary>
internal static class ActivityPlan
{
    /// <summary>Ends of calls that follow each other quickly share one write.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(30);

    /// <summary>Two periods.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    /// <summary>How far the clocks of gateway and controller may be apart.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    /// <summary>Time between two reports while a session is in use.</summary>
    public static TimeSpan Period(TimeSpan idleTimeout) =>
        idleTimeout / 3 < LongestPeriod ? idleTimeout / 3 : LongestPeriod;

    /// <summary>Whether to report now, in the background.</summary>
    /// <param name="inUse">A request is under way.</param>
    /// <param name="unreported">A call has ended since the last report.</param>
    /// <param name="reportedAt">The last report; null for none.</param>
    /// <param name="idleTimeout">How long the session may be idle.</param>
    /// <param name="now">The time.</param>
    public static bool IsDue(
        bool inUse,
        bool unreported,
        DateTimeOffset? reportedAt,
        TimeSpan idleTimeout,
        DateTimeOffset now
    )
    {
        var period = Period(idleTimeout);
        var pause = Pause < period ? Pause : period;
        return (inUse && !(now - reportedAt < period)) || (unreported && !(now - reportedAt < pause));
    }

    /// <summary>
    /// Whether a call must wait until its session's life is prolonged: it might end before the next report comes.
    /// </summary>
    /// <param name="expiresAt">The end that the controller told; null before the start.</param>
    /// <param name="reportedAt">The last report of this replica, which the object's end may not show yet.</param>
    /// <param name="idleTimeout">How long the session may be idle.</param>
    /// <param name="now">The time.</param>
    public static bool MustReportFirst(
        DateTimeOffset? expiresAt,
        DateTimeOffset? reportedAt,
        TimeSpan idleTimeout,
        DateTimeOffset now
    )
    {
        if (expiresAt is not { } told)
        {
            return false;
        }

        var end = reportedAt + idleTimeout is { } known && known > told ? known : told;
        return end - now < Margin + ClockTolerance;
    }
}
