using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace SandboxOperator.Gateway.Streaming;

/// <summary>Writes server-sent events as the Assistants API frames them.</summary>
internal static class SseWriter
{
    /// <summary>How long a stream may be silent; clients and proxies give up after 60 seconds or more.</summary>
    internal static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(12);

    private static readonly byte[] KeepAliveFrame = ": keep-alive\n\n"u8.ToArray();
    private static readonly byte[] DoneFrame = "event: done\ndata: [DONE]\n\n"u8.ToArray();

    /// <summary>Says that the answer is a stream, and sends the headers at once.</summary>
    public static Task StartAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        return response.StartAsync(cancellationToken);
    }

    /// <summary>
    /// Writes what the listener gets until its stream ends, then <c>done</c>. What waits together is flushed together;
    /// silence is filled with comments.
    /// </summary>
    public static async Task PumpAsync(
        PipeWriter output,
        RunListener listener,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        while (await WaitAsync(output, listener, time, cancellationToken))
        {
            while (listener.TryRead(out var item))
            {
                Write(output, item);
            }

            await output.FlushAsync(cancellationToken);
        }

        output.Write(DoneFrame);
        await output.FlushAsync(cancellationToken);
    }

    private static async ValueTask<bool> WaitAsync(
        PipeWriter output,
        RunListener listener,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var waiting = listener.WaitAsync(cancellationToken);
        if (waiting.IsCompleted)
        {
            return await waiting;
        }

        var next = waiting.AsTask();
        while (true)
        {
            try
            {
                return await next.WaitAsync(KeepAlive, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                output.Write(KeepAliveFrame);
                await output.FlushAsync(cancellationToken);
            }
        }
    }

    private static void Write(PipeWriter output, RunEvent item)
    {
        output.Write("event: "u8);
        Encoding.UTF8.GetBytes(item.Name, output);
        output.Write("\ndata: "u8);
        output.Write(item.Data.Span);
        output.Write("\n\n"u8);
    }
}
