using Prometheus;

namespace SandboxOperator.Controller.Pools;

/// <summary>What is measured of pools.</summary>
internal static class PoolMetrics
{
    public static Gauge Pods { get; } =
        Metrics.CreateGauge(
            "sandbox_pool_pods",
            "Unclaimed sandboxes of a pool, by state: wanted, present, ready.",
            "namespace",
            "pool",
            "state"
        );

    public static Counter Misses { get; } =
        Metrics.CreateCounter(
            "sandbox_pool_misses_total",
            "Sessions that found no waiting sandbox although a pool keeps some for their runtime.",
            "namespace",
            "runtime"
        );

    public static Counter Failures { get; } =
        Metrics.CreateCounter("sandbox_pool_failures_total", "Times that sandboxes of pools broke or were refused.");
}
