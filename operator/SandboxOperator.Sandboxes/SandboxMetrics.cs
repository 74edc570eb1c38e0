using Prometheus;

namespace SandboxOperator.Sandboxes;

/// <summary>What is counted of sandboxes, whatever the backend.</summary>
internal sealed class SandboxMetrics
{
    private readonly Counter _opened = Metrics.CreateCounter(
        "sandbox_opened_total",
        "Sandboxes given to sessions, by launch: warm or cold.",
        "launch"
    );

    private readonly Counter _stopped = Metrics.CreateCounter(
        "sandbox_stopped_total",
        "Sandboxes stopped, by reason: idle, ended, room, shutdown.",
        "reason"
    );

    private readonly Histogram _openSeconds = Metrics.CreateHistogram(
        "sandbox_open_seconds",
        "Time until a session had a sandbox that was not running before, its agent answering.",
        new HistogramConfiguration { LabelNames = ["launch"], Buckets = Histogram.ExponentialBuckets(0.001, 2, 18) }
    );

    public void Opened(SandboxLaunch launch, TimeSpan took)
    {
        var label = launch == SandboxLaunch.Warm ? "warm" : "cold";
        _opened.WithLabels(label).Inc();
        _openSeconds.WithLabels(label).Observe(took.TotalSeconds);
    }

    public void Stopped(string reason) => _stopped.WithLabels(reason).Inc();
}
