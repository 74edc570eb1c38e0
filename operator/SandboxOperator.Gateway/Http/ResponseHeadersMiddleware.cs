using System.Diagnostics;
using System.Globalization;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Http;

/// <summary>Gives every request an id, and every answer the headers that clients show to their users.</summary>
internal sealed class ResponseHeadersMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.TraceIdentifier = Ids.Request();
        var headers = context.Response.Headers;
        headers["x-request-id"] = context.TraceIdentifier;
        headers["openai-version"] = "2020-10-01";
        headers.XContentTypeOptions = "nosniff";
        var start = Stopwatch.GetTimestamp();
        context.Response.OnStarting(() =>
        {
            var elapsed = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            headers["openai-processing-ms"] = elapsed.ToString(CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        return next(context);
    }
}
