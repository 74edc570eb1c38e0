using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Sandboxes.Agents;

/// <summary>
/// The events of one call, each once, however often the connection breaks:
/// 1. Post the call. A kernel that is starting is waited for; any other refusal ends the call before it ran.
/// 2. Hand out events, heartbeats left out.
/// 3. When the stream breaks, post the same call again, which attaches to it, and skip what was handed out: events, and of
///    output as many characters, because the agent puts together anew what was printed in pieces.
/// 4. When that leads nowhere, nobody knows how the call ended: <see cref="SandboxLostException"/>.
/// </summary>
internal sealed class CallStream(
    HttpMessageInvoker http,
    AgentClientOptions options,
    TimeProvider time,
    CallRequest request,
    Deadline deadline
) : IDisposable
{
    private static readonly Uri Calls = new("http://sandbox/calls");

    // As a power of two: 800 ms.
    private const int LongestPause = 5;
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly byte[] _body = JsonSerializer.SerializeToUtf8Bytes(request, AgentJson.Default.CallRequest);
    private readonly long _postedAt = time.GetTimestamp();
    private HttpResponseMessage? _response;
    private EventLines? _lines;
    private (long Events, long Characters) _handedOut;
    private (long Events, long Characters) _toSkip;
    private long _bytes;
    private int _events;
    private int _broken;
    private long? _brokenSince;
    private bool _mayHaveArrived;
    private bool _done;

    /// <summary>The next event, or null after the call's end.</summary>
    public async ValueTask<CallEvent?> NextAsync()
    {
        while (!_done)
        {
            try
            {
                if (await ReadAsync() is { } next)
                {
                    return next;
                }
            }
            catch (AgentProtocolException exception)
            {
                throw new SandboxLostException(
                    $"The sandbox broke its protocol ({exception.Message}); how the call ended is not known.",
                    exception
                );
            }
            catch (ObjectDisposedException exception)
            {
                throw Gone(exception);
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException or TimeoutException)
            {
                await ReattachAsync(exception);
            }
        }

        return null;
    }

    public void Dispose() => Close();

    private async ValueTask<CallEvent?> ReadAsync()
    {
        if (_lines is null && !await PostAsync())
        {
            return null;
        }

        var line = await _lines!.NextAsync() ?? throw new IOException("The event stream was cut.");
        _bytes += line.Length;
        if (_bytes > options.BytesPerCall || ++_events > options.EventsPerCall)
        {
            throw new AgentProtocolException("more events than a call may have");
        }

        var read = EventCheck.Read(line);
        if (read is CallHeartbeat)
        {
            _brokenSince = null;
            return null;
        }

        if (Unseen(read) is not { } next)
        {
            return null;
        }

        _brokenSince = null;
        if (_handedOut.Events == 0 != next is CallStarted)
        {
            throw new AgentProtocolException("events out of order");
        }

        if (next is CallOutput output)
        {
            _handedOut.Characters += output.Text.Length;
        }
        else
        {
            _handedOut.Events++;
        }

        _done = next is CallDone;
        if (_done)
        {
            Close();
        }

        return next;
    }

    /// <summary>What of an event was not handed out before the stream broke.</summary>
    private CallEvent? Unseen(CallEvent next)
    {
        if (next is not CallOutput output)
        {
            if (_toSkip.Events == 0)
            {
                return next;
            }

            _toSkip.Events--;
            return null;
        }

        var seen = (int)Math.Min(_toSkip.Characters, output.Text.Length);
        _toSkip.Characters -= seen;
        return seen == 0 ? output
            : seen < output.Text.Length ? output with { Text = output.Text[seen..] }
            : null;
    }

    private async ValueTask<bool> PostAsync()
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Calls)
        {
            Content = new ByteArrayContent(_body) { Headers = { ContentType = Json } },
        };
        _response = await deadline.WithinAsync(
            options.Silence,
            static (state, token) => new ValueTask<HttpResponseMessage>(state.http.SendAsync(state.message, token)),
            (http, message)
        );
        if (_response.StatusCode != HttpStatusCode.OK)
        {
            await RefusedAsync(_response);
            return false;
        }

        _mayHaveArrived = true;
        _toSkip = _handedOut;
        var stream = await _response.Content.ReadAsStreamAsync(deadline.Token);
        _lines = new EventLines(stream, options.LineBytes, options.Silence, deadline);
        return true;
    }

    private async Task RefusedAsync(HttpResponseMessage response)
    {
        var refusal = AgentRefusal.From(
            response,
            await BoundedBody.ReadAsync(response, 64 << 10, options.Answer, deadline)
        );
        Close();
        if (refusal.Code is AgentErrorCodes.KernelUnavailable && time.GetElapsedTime(_postedAt) < options.KernelStart)
        {
            var wait = refusal.RetryAfter ?? TimeSpan.FromMilliseconds(50);
            await PauseAsync(wait < TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1));
            return;
        }

        // A refusal is believed to mean "did not run" only when no earlier attempt can have started the call.
        if (_mayHaveArrived || refusal.Code is AgentErrorCodes.Internal)
        {
            throw new SandboxLostException($"How the call ended is not known: {refusal.Message}");
        }

        throw new CallRefusedException(refusal.Message, refusal.Code);
    }

    private async Task ReattachAsync(Exception exception)
    {
        Close();
        _mayHaveArrived |= exception is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };
        // Silence has taken its time already: it is not borne as often as a connection that breaks.
        _broken += exception is TimeoutException ? 2 : 1;
        _brokenSince ??= time.GetTimestamp();
        var isEnough =
            _broken > options.Reattachments && time.GetElapsedTime(_brokenSince.Value) >= options.ReattachPatience;
        if (isEnough || deadline.Passed)
        {
            throw Gone(exception);
        }

        await PauseAsync(TimeSpan.FromMilliseconds(25 << Math.Min(_broken, LongestPause)));
    }

    private async Task PauseAsync(TimeSpan wait)
    {
        try
        {
            await deadline.WithinAsync(
                wait + options.Answer,
                static async (state, token) =>
                {
                    await Task.Delay(state.wait, state.time, token);
                    return true;
                },
                (wait, time)
            );
        }
        catch (TimeoutException exception)
        {
            throw new SandboxLostException("The call took too long; how it ended is not known.", exception);
        }
    }

    private static SandboxLostException Gone(Exception exception) =>
        new("The sandbox went away during a call; how the call ended is not known.", exception);

    private void Close()
    {
        _lines?.Dispose();
        _lines = null;
        _response?.Dispose();
        _response = null;
    }
}
