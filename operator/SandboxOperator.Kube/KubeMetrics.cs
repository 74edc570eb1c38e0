using Prometheus;

namespace SandboxOperator.Kube;

/// <summary>What the controller runtime measures.</summary>
internal static class KubeMetrics
{
    public static Counter Lists { get; } =
        Metrics.CreateCounter("sandbox_kube_lists_total", "Whole lists read to fill a cache.", "kind");

    public static Counter Watches { get; } =
        Metrics.CreateCounter(
            "sandbox_kube_watches_total",
            "Watches that ended, by how they ended.",
            "kind",
            "outcome"
        );

    public static Gauge QueueDepth { get; } =
        Metrics.CreateGauge("sandbox_kube_queue_depth", "Objects waiting to be reconciled.", "controller");

    public static Counter Reconciles { get; } =
        Metrics.CreateCounter("sandbox_kube_reconciles_total", "Reconciles, by outcome.", "controller", "outcome");

    public static Histogram ReconcileSeconds { get; } =
        Metrics.CreateHistogram(
            "sandbox_kube_reconcile_seconds",
            "How long a reconcile took.",
            ["controller"],
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 15) }
        );

    public static Gauge Leader { get; } =
        Metrics.CreateGauge("sandbox_kube_leader", "1 while this process is the leader.", "lease");

    public static Counter Events { get; } =
        Metrics.CreateCounter("sandbox_kube_events_total", "Events for people, by outcome.", "outcome");

    public static Counter ExecStreams { get; } =
        Metrics.CreateCounter("sandbox_kube_exec_streams_total", "Exec streams, by how opening them went.", "outcome");
}
