using SandboxOperator.Gateway.Streaming;

namespace SandboxOperator.Gateway.Runs;

/// <summary>The events of a run as an answer. A client that goes away ends the stream, never the run.</summary>
internal sealed class RunStreamAnswer(RunListener listener, TimeProvider time) : IResult
{
    /// <inheritdoc />
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (listener)
        {
            try
            {
                await SseWriter.StartAsync(httpContext.Response, httpContext.RequestAborted);
                await SseWriter.PumpAsync(httpContext.Response.BodyWriter, listener, time, httpContext.RequestAborted);
            }
            catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
            {
                // The client has gone.
            }
        }
    }
}
