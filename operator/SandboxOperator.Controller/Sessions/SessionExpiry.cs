namespace SandboxOperator.Controller.Sessions;

/// <summary>When a session ends.</summary>
/// <param name="LastActivityAt">Its last use.</param>
/// <param name="ExpiresAt">When it ends, unless it is used before.</param>
/// <param name="IsExpired">Whether that has come.</param>
internal readonly record struct SessionExpiry(DateTimeOffset LastActivityAt, DateTimeOffset ExpiresAt, bool IsExpired)
{
    /// <summary>Works out the end of a session.</summary>
    /// <param name="startedAt">When its first sandbox was ready; idle time counts from here when nothing was reported.</param>
    /// <param name="reportedActivity">The time that the gateway wrote last. Its clock may be ahead: a time in the future counts as now.</param>
    /// <param name="knownActivity">The last use that the status tells of: activity never goes back.</param>
    /// <param name="idleTimeout">How long after its last use it ends.</param>
    /// <param name="maxLifetime">How long after its start it ends in any case; null: no limit.</param>
    /// <param name="now">The controller's time.</param>
    public static SessionExpiry Of(
        DateTimeOffset startedAt,
        DateTimeOffset? reportedActivity,
        DateTimeOffset? knownActivity,
        TimeSpan idleTimeout,
        TimeSpan? maxLifetime,
        DateTimeOffset now
    )
    {
        var last = Later(startedAt, Later(knownActivity, Earlier(reportedActivity, now)));
        var end = last + idleTimeout;
        if (maxLifetime is { } lifetime && startedAt + lifetime < end)
        {
            end = startedAt + lifetime;
        }

        return new SessionExpiry(last, end, end <= now);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? time, DateTimeOffset limit) => time > limit ? limit : time;

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other > one ? other : one;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;
}
