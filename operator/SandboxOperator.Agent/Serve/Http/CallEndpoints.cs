using System.Buffers;
using System.Text.Json;
using SandboxOperator.Agent.Serve.Calls;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Http;

/// <summary><c>POST /calls</c> and <c>POST /calls/{id}/interrupt</c>.</summary>
internal sealed class CallEndpoints(CallRunner runner, ServeOptions options, TimeProvider time)
{
    private const int MaxRequestBytes = 8 * 1024 * 1024;
    private const int MaxIncarnationLength = 128;
    private const int MaxIdLength = 128;
    private const int ChunkBytes = 256 * 1024;

    private static readonly byte[] s_heartbeat = CallTranscript.Line(new CallHeartbeat());

    /// <summary>Runs a call, or attaches to it, or replays it, and streams its events.</summary>
    public async Task PostAsync(HttpContext context)
    {
        var request = await ReadAsync(context);
        var transcript = await runner.AcceptAsync(request, context.RequestAborted);
        context.Response.ContentType = "application/x-ndjson";
        var body = context.Response.BodyWriter;
        var position = default(TranscriptPosition);
        // Most calls are over soon: their events go on their way together. Those of longer calls go one by one.
        await transcript
            .Told.WaitAsync(options.Heartbeat, time, context.RequestAborted)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (true)
        {
            while (transcript.Read(ref position, body, ChunkBytes) && !transcript.IsEnd(position))
            {
                await body.FlushAsync(context.RequestAborted);
            }

            if (transcript.IsEnd(position))
            {
                return; // which sends what was not flushed
            }

            try
            {
                await transcript.ChangedAsync(position).WaitAsync(options.Heartbeat, time, context.RequestAborted);
            }
            catch (TimeoutException)
            {
                body.Write(s_heartbeat);
                await body.FlushAsync(context.RequestAborted);
            }
        }
    }

    /// <summary>Interrupts a call; 204 also when it has ended.</summary>
    public Task InterruptAsync(HttpContext context, string id)
    {
        if (!IsCallId(id))
        {
            throw RequestException.NotFound("There is no such call.");
        }

        runner.Interrupt(id);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task<CallRequest> ReadAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > MaxRequestBytes)
            {
                throw RequestException.Invalid($"The request has more than {MaxRequestBytes} bytes.");
            }

            if (read.IsCompleted)
            {
                var request = Parse(read.Buffer);
                body.AdvanceTo(read.Buffer.End);
                return request;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static CallRequest Parse(ReadOnlySequence<byte> body)
    {
        CallRequest? request;
        try
        {
            var reader = new Utf8JsonReader(body);
            request = JsonSerializer.Deserialize(ref reader, AgentJson.Default.CallRequest);
        }
        catch (JsonException e)
        {
            throw RequestException.Invalid($"The body is not a call in JSON: {e.Message}");
        }

        return request switch
        {
            null => throw RequestException.Invalid("The body is not a call in JSON but null."),
            { Id: null } or { Code: null } or { Incarnation: null } => throw RequestException.Invalid(
                "id, code and incarnation are required."
            ),
            _ when !IsCallId(request.Id) => throw RequestException.Invalid(
                $"id must be 1 to {MaxIdLength} characters of A-Z, a-z, 0-9, '_' and '-'."
            ),
            { Incarnation.Length: > MaxIncarnationLength } => throw RequestException.Invalid(
                "incarnation is too long."
            ),
            { Epoch: < 0 } => throw RequestException.Invalid("epoch must not be negative."),
            { TimeoutSeconds: <= 0 } => throw RequestException.Invalid("timeout_seconds must be at least 1."),
            _ => request,
        };
    }

    private static bool IsCallId(string id) =>
        id.Length is > 0 and <= MaxIdLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
