using Prometheus;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>What is measured of models. Labels are few: model names are the callers' to choose.</summary>
internal static class ModelMetrics
{
    private static readonly Histogram Duration = Metrics.CreateHistogram(
        "sandbox_model_request_duration_seconds",
        "Time from asking the upstream model for a turn to its end, repeats included.",
        new HistogramConfiguration { LabelNames = ["outcome"], Buckets = Histogram.ExponentialBuckets(0.01, 2, 16) }
    );

    private static readonly Histogram FirstEvent = Metrics.CreateHistogram(
        "sandbox_model_first_event_seconds",
        "Time from asking the upstream model for a turn to its first word.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.01, 2, 14) }
    );

    private static readonly Counter Tokens = Metrics.CreateCounter(
        "sandbox_model_tokens_total",
        "Tokens that upstream models read and wrote; cached is part of prompt, reasoning of completion.",
        "kind"
    );

    private static readonly Counter Retries = Metrics.CreateCounter(
        "sandbox_model_retries_total",
        "Requests to the upstream model that were repeated.",
        "failure"
    );

    private static readonly Gauge Up = Metrics.CreateGauge(
        "sandbox_upstream_up",
        "1 when the upstream model answered the last request, 0 when it failed.",
        new GaugeConfiguration { SuppressInitialValue = true }
    );

    public static void Ended(string outcome, TimeSpan duration)
    {
        Duration.WithLabels(outcome).Observe(duration.TotalSeconds);
        // Who refuses a request answers, and who cancels one says nothing of the upstream.
        switch (outcome)
        {
            case "ok" or "refused" or "context_length":
                Up.Set(1);
                break;
            case "server" or "rate_limited":
                Up.Set(0);
                break;
        }
    }

    public static void Began(TimeSpan duration) => FirstEvent.Observe(duration.TotalSeconds);

    public static void Retried(ModelFailure failure) => Retries.WithLabels(Outcome(failure)).Inc();

    public static void Used(ModelUsage usage)
    {
        Tokens.WithLabels("prompt").Inc(usage.PromptTokens);
        Tokens.WithLabels("completion").Inc(usage.CompletionTokens);
        Tokens.WithLabels("cached").Inc(usage.CachedTokens);
        Tokens.WithLabels("reasoning").Inc(usage.ReasoningTokens);
    }

    public static string Outcome(ModelFailure failure) =>
        failure switch
        {
            ModelFailure.RateLimited => "rate_limited",
            ModelFailure.ContextLength => "context_length",
            ModelFailure.Refused => "refused",
            _ => "server",
        };
}
