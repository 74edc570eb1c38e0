using Prometheus;

namespace SandboxOperator.Controller.Isolation;

/// <summary>What is measured about isolation.</summary>
internal static class IsolationMetrics
{
    public static Counter PolicyWrites { get; } =
        Metrics.CreateCounter(
            "sandbox_isolation_policy_writes_total",
            "How often a namespace's network policy was made or put back."
        );

    public static Gauge OpeningPolicies { get; } =
        Metrics.CreateGauge(
            "sandbox_isolation_opening_policies",
            "Network policies of others that open sandbox pods, in namespaces that have runtimes."
        );
}
