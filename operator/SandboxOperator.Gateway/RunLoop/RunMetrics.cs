using Prometheus;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>What operators see of runs and calls.</summary>
internal static class RunMetrics
{
    public static readonly Counter Runs = Metrics.CreateCounter(
        "sandbox_runs_total",
        "Runs that ended, by the status they ended with.",
        "status"
    );

    public static readonly Histogram RunSeconds = Metrics.CreateHistogram(
        "sandbox_run_duration_seconds",
        "From a run's creation to its end.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.01, 2, 17) }
    );

    public static readonly Gauge Queued = Metrics.CreateGauge(
        "sandbox_runs_queued",
        "Runs of this process that wait to be worked on."
    );

    public static readonly Gauge Working = Metrics.CreateGauge(
        "sandbox_runs_in_progress",
        "Runs that this process works on."
    );

    private static readonly Counter Calls = Metrics.CreateCounter(
        "sandbox_calls_total",
        "Calls of the code interpreter, by how they ended.",
        "status"
    );

    private static readonly Histogram CallSeconds = Metrics.CreateHistogram(
        "sandbox_call_duration_seconds",
        "From the sending of a call to its end.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 20) }
    );

    private static readonly Histogram FirstOutputSeconds = Metrics.CreateHistogram(
        "sandbox_call_first_output_seconds",
        "From the sending of a call to its first output.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 18) }
    );

    private static readonly Counter Kills = Metrics.CreateCounter(
        "sandbox_kills_total",
        "Calls that the sandbox ended by force, by cause: memory, processes, disk, files, time, interrupt, exit, other.",
        "cause"
    );

    public static readonly Histogram ClaimSeconds = Metrics.CreateHistogram(
        "sandbox_claim_seconds",
        "From asking for a session's sandbox until the session had it, by launch: warm or cold; running when it was there.",
        new HistogramConfiguration { LabelNames = ["launch"], Buckets = Histogram.ExponentialBuckets(0.001, 2, 18) }
    );

    public static readonly Histogram ConnectSeconds = Metrics.CreateHistogram(
        "sandbox_connect_seconds",
        "From there until the sandbox's agent answered.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 16) }
    );

    public static readonly Counter Failures = Metrics.CreateCounter(
        "sandbox_run_failures_total",
        "Runs that failed, by kind: model, rate_limit, content_filter, sandbox, budget, other.",
        "kind"
    );

    public static readonly Counter SessionsStarted = Metrics.CreateCounter(
        "sandbox_sessions_started_total",
        "Sessions that had their first call."
    );

    private static readonly Counter Corrections = Metrics.CreateCounter(
        "sandbox_self_corrections_total",
        "Calls that raised an exception, after which the model was asked again."
    );

    public static readonly Counter TakenOver = Metrics.CreateCounter(
        "sandbox_runs_taken_over_total",
        "Runs that were continued after another process had stopped working on them."
    );

    /// <summary>Counts a call that has ended.</summary>
    /// <param name="status">One of <see cref="CallStatuses"/>.</param>
    /// <param name="message">What the sandbox said of its end.</param>
    /// <param name="milliseconds">How long it took.</param>
    /// <param name="firstOutputMs">Milliseconds until its first output; null without any.</param>
    public static void CallEnded(string status, string? message, long milliseconds, double? firstOutputMs)
    {
        Calls.WithLabels(status).Inc();
        CallSeconds.Observe(milliseconds / 1000.0);
        if (firstOutputMs is { } wait)
        {
            FirstOutputSeconds.Observe(wait / 1000);
        }

        if (status is CallStatuses.Killed or CallStatuses.Timeout)
        {
            Kills.WithLabels(KillCauses.Of(message)).Inc();
        }

        if (status == CallStatuses.Error)
        {
            Corrections.Inc();
        }
    }
}
