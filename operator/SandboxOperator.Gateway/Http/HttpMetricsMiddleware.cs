using System.Diagnostics;
using System.Globalization;
using Prometheus;

namespace SandboxOperator.Gateway.Http;

/// <summary>Counts and times requests by route, never by path.</summary>
internal sealed class HttpMetricsMiddleware(RequestDelegate next)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    private static readonly Histogram Seconds = Metrics.CreateHistogram(
        "sandbox_http_request_duration_seconds",
        "Time from a request's headers to the end of its answer.",
        ["method", "route", "status"],
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2.5, 14) }
    );

    private static readonly Gauge Open = Metrics.CreateGauge("sandbox_http_requests_open", "Requests being answered.");

    public async Task InvokeAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        using var open = Open.TrackInProgress();
        try
        {
            await next(context);
        }
        finally
        {
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "unmatched";
            var method = Methods.Contains(context.Request.Method, StringComparer.Ordinal)
                ? context.Request.Method
                : "other";
            var status = context.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
            Seconds.WithLabels(method, route, status).Observe(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
    }
}
