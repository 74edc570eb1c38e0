using Prometheus;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>What is counted now and then.</summary>
internal static class SessionCounts
{
    public static readonly Gauge Sessions = Metrics.CreateGauge(
        "sandbox_sessions_active",
        "Sessions that have not ended, by state: running, stopped, failed. Gateways of one cluster count the same ones.",
        "state"
    );
}
