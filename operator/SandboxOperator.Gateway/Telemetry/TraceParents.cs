using System.Diagnostics;

namespace SandboxOperator.Gateway.Telemetry;

/// <summary>Reads the trace context that callers send. Only their ids are taken over, no state and no baggage.</summary>
internal static class TraceParents
{
    /// <summary>The W3C <c>traceparent</c> of a request; null when there is none that can be read.</summary>
    public static string? Of(HttpRequest request) =>
        (string?)request.Headers.TraceParent is { } sent && ActivityContext.TryParse(sent, null, out _) ? sent : null;
}
