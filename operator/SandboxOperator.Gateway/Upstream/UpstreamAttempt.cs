using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using OpenAI.Chat;
using SandboxOperator.Gateway.Tokens;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>One request to the upstream for one turn.</summary>
internal sealed class UpstreamAttempt(ChatClient client, ModelOptions options, ITokenCounter counter, TimeProvider time)
{
    private const int MaxErrorBytes = 64 * 1024;

    /// <summary>Asks and reads; the last event is the turn.</summary>
    /// <exception cref="AttemptException">The upstream refused or broke off.</exception>
    public async IAsyncEnumerable<ModelEvent> RunAsync(
        ModelRequest request,
        bool withStreamOptions,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var response = await SendAsync(request, withStreamOptions, cancellationToken);
        var accumulator = new TurnAccumulator();
        await using var body = response.ContentStream ?? Stream.Null;
        var chunks = IsEventStream(response)
            ? ReadEventsAsync(body, accumulator, cancellationToken)
            : ReadWholeAsync(body, cancellationToken);
        var isWhole = false;
        try
        {
            await foreach (var chunk in chunks)
            {
                using (chunk)
                {
                    if (LenientJson.Property(chunk.RootElement, "error") is { ValueKind: not JsonValueKind.Null } error)
                    {
                        throw UpstreamErrors.FromStream(error, request.Model);
                    }
                    foreach (var said in accumulator.Add(chunk.RootElement))
                    {
                        yield return said;
                    }
                }
            }
            foreach (var rest in accumulator.Close())
            {
                yield return rest;
            }
            isWhole = true;
        }
        finally
        {
            request.BrokenOff = !isWhole && accumulator.HasBegun ? UsageOf(accumulator, request) : null;
        }
        yield return accumulator.ToTurn(UsageOf(accumulator, request));
    }

    private async Task<PipelineResponse> SendAsync(
        ModelRequest request,
        bool withStreamOptions,
        CancellationToken cancellationToken
    )
    {
        // The headers count as the first byte: most servers send them with it, some long before.
        using var silence = new CancellationTokenSource(TimeSpan.FromSeconds(options.FirstByteSeconds), time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        var call = new RequestOptions
        {
            BufferResponse = false,
            CancellationToken = linked.Token,
            ErrorOptions = ClientErrorBehaviors.NoThrow,
        };
        call.SetHeader("Accept", "text/event-stream, application/json");
        PipelineResponse response;
        try
        {
            using var content = BinaryContent.Create(Write(request, withStreamOptions));
            response = (await client.CompleteChatAsync(content, call)).GetRawResponse();
        }
        catch (OperationCanceledException exception)
            when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"The upstream model did not answer for {options.FirstByteSeconds:0.#} seconds.",
                exception
            );
        }
        if (!response.IsError)
        {
            return response;
        }
        using (response)
        {
            response.Headers.TryGetValue("retry-after-ms", out var milliseconds);
            response.Headers.TryGetValue("retry-after", out var seconds);
            throw UpstreamErrors.FromResponse(
                response.Status,
                await ReadErrorAsync(response, cancellationToken),
                UpstreamErrors.RetryAfter(milliseconds, seconds, time.GetUtcNow()),
                request.Model
            );
        }
    }

    private static async IAsyncEnumerable<JsonDocument> ReadEventsAsync(
        Stream body,
        TurnAccumulator accumulator,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            if (item.Data == "[DONE]")
            {
                yield break;
            }
            if (item.Data.Length > 0)
            {
                yield return JsonDocument.Parse(item.Data);
            }
        }
        if (!accumulator.IsFinished)
        {
            throw new EndOfStreamException("The upstream model's answer was cut.");
        }
    }

    /// <summary>A server that does not stream answers with the whole completion.</summary>
    private static async IAsyncEnumerable<JsonDocument> ReadWholeAsync(
        Stream body,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        yield return await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
    }

    private ModelUsage UsageOf(TurnAccumulator accumulator, ModelRequest request)
    {
        var counted = RequestTokens.OfRequest(request.Body, counter);
        if (accumulator.Usage is { } usage)
        {
            counter.Learn(request.Model, counted, usage.PromptTokens);
            return usage;
        }
        var written = accumulator.Written.Sum(text => (long)counter.Count(text));
        return new ModelUsage(counter.Correct(request.Model, counted), written, 0, 0, Estimated: true);
    }

    private static BinaryData Write(ModelRequest request, bool withStreamOptions)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("model", request.Model);
            json.WriteBoolean("stream", true);
            if (withStreamOptions)
            {
                json.WriteStartObject("stream_options");
                json.WriteBoolean("include_usage", true);
                json.WriteEndObject();
            }
            foreach (var (name, value) in request.Body)
            {
                json.WritePropertyName(name);
                if (value is null)
                {
                    json.WriteNullValue();
                }
                else
                {
                    value.WriteTo(json);
                }
            }
            json.WriteEndObject();
        }
        return new BinaryData(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
    }

    private static async Task<string> ReadErrorAsync(PipelineResponse response, CancellationToken cancellationToken)
    {
        await using var body = response.ContentStream ?? Stream.Null;
        var bytes = new byte[MaxErrorBytes];
        var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }

    private static bool IsEventStream(PipelineResponse response) =>
        !response.Headers.TryGetValue("content-type", out var type)
        || type?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true;
}
