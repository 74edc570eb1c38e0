namespace SandboxOperator.Sandboxes.Local.Sessions;

/// <summary>When sessions end.</summary>
internal static class Expiry
{
    /// <summary>When a session ends unless a call comes.</summary>
    public static DateTimeOffset At(DateTimeOffset lastActivity, TimeSpan idleTimeout, DateTimeOffset now) =>
        Earlier(lastActivity, now) + idleTimeout;

    /// <summary>Whether a session has ended. A call that runs is activity.</summary>
    public static bool IsDue(DateTimeOffset lastActivity, TimeSpan idleTimeout, bool calling, DateTimeOffset now) =>
        !calling && now >= At(lastActivity, idleTimeout, now);

    /// <summary>
    /// How long an agent waits without a call before it ends on its own, for the case that no gateway is there to end
    /// it. Longer than any session can be idle, the time before it was claimed included, so that a gateway is first.
    /// </summary>
    public static TimeSpan OfAgent(TimeSpan idleTimeout) =>
        idleTimeout + LongestWarm(idleTimeout) + TimeSpan.FromMinutes(2);

    /// <summary>How long a warm sandbox may wait for its session before a fresh one takes its place.</summary>
    public static TimeSpan LongestWarm(TimeSpan idleTimeout) => idleTimeout / 2;

    // A clock that was set back would keep sessions, and what they cost, for as long: a future activity is one of now.
    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
