using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SandboxOperator.Testing.Otlp;

/// <summary>A collector on a free port that keeps the spans it is sent over HTTP.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentQueue<string> _payloads = new();

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/traces", ReceiveAsync);
    }

    /// <summary>The settings that make a program export to it, and at once.</summary>
    public string[] Settings =>
        [
            $"OTEL_EXPORTER_OTLP_ENDPOINT={_app.Urls.First()}",
            "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "OTEL_BSP_SCHEDULE_DELAY=50",
        ];

    /// <summary>What has come so far.</summary>
    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    /// <summary>All bytes that have come so far, each as one character.</summary>
    public string Bytes => string.Concat(_payloads);

    /// <summary>Starts one.</summary>
    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Waits until the spans of a trace are as they are to be, and returns them in the order of their starts.</summary>
    /// <param name="traceId">The trace.</param>
    /// <param name="isWhole">What is waited for.</param>
    public async Task<IReadOnlyList<ReceivedSpan>> TraceAsync(
        string traceId,
        Func<IReadOnlyList<ReceivedSpan>, bool> isWhole
    )
    {
        for (var deadline = Environment.TickCount64 + 180_000; ; )
        {
            var spans = Spans.Where(span => span.TraceId == traceId).OrderBy(span => span.Start).ToList();
            if (isWhole(spans))
            {
                return spans;
            }

            if (Environment.TickCount64 > deadline)
            {
                throw new TimeoutException(
                    $"The trace is still: {string.Join(", ", spans.Select(span => span.Name))}."
                );
            }

            await Task.Delay(20);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        _payloads.Enqueue(Encoding.UTF8.GetString(body.ToArray()));
        foreach (var span in SpanParser.Parse(body.ToArray()))
        {
            _spans.Enqueue(span);
        }

        return Results.Bytes([], "application/x-protobuf");
    }
}
