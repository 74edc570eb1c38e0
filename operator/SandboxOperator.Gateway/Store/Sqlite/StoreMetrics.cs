using Prometheus;

namespace SandboxOperator.Gateway.Store.Sqlite;

internal static class StoreMetrics
{
    public static readonly Counter Writes = Metrics.CreateCounter(
        "sandbox_store_writes_total",
        "Writes to the store.",
        "outcome"
    );

    public static readonly Gauge Up = Metrics.CreateGauge(
        "sandbox_store_up",
        "1 when the last commit reached the disk, 0 when it failed.",
        new GaugeConfiguration { SuppressInitialValue = true }
    );

    public static readonly Histogram BatchSize = Metrics.CreateHistogram(
        "sandbox_store_batch_writes",
        "Writes that shared one commit.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(1, 2, 10) }
    );

    public static readonly Histogram CommitSeconds = Metrics.CreateHistogram(
        "sandbox_store_commit_duration_seconds",
        "Time a commit took to reach the disk.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.0002, 2, 15) }
    );

    public static readonly Gauge Waiting = Metrics.CreateGauge(
        "sandbox_store_waiting_writes",
        "Writes that wait for the writer."
    );
}
