using Prometheus;

namespace SandboxOperator.Controller.Sessions;

/// <summary>What is measured of sessions.</summary>
internal static class SessionMetrics
{
    public static Counter Claims { get; } =
        Metrics.CreateCounter("sandbox_session_claims_total", "Sandboxes that sessions got: Warm or Cold.", "launch");

    public static Counter Replacements { get; } =
        Metrics.CreateCounter(
            "sandbox_session_replacements_total",
            "Sandboxes that took the place of one that was lost."
        );

    public static Counter Ends { get; } =
        Metrics.CreateCounter("sandbox_session_ends_total", "Sessions that ended, by why.", "reason");

    public static Gauge Active { get; } =
        Metrics.CreateGauge(
            "sandbox_sessions",
            "Sessions that have not ended, by phase: Pending, Starting, Ready, Suspended, Failed.",
            "phase"
        );

    public static Gauge Unverified { get; } =
        Metrics.CreateGauge(
            "sandbox_sessions_unverified",
            "Ready sessions whose isolation is not verified, by condition: NetworkIsolated, NetworkPolicyEnforced.",
            "condition"
        );

    public static Histogram StartSeconds { get; } =
        Metrics.CreateHistogram(
            "sandbox_session_start_seconds",
            "From a session's creation until code can run, to the second.",
            ["launch"],
            new HistogramConfiguration { Buckets = [1, 2, 3, 5, 10, 20, 30, 60, 120, 300] }
        );
}
