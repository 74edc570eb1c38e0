using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Sandboxes.Agents;

/// <summary>
/// Speaks to one agent, which it does not trust: every line, count, size and wait is bounded, and names of files are
/// checked. Failures are the exceptions that <see cref="ISandbox"/> documents.
/// </summary>
internal sealed class AgentClient(HttpMessageInvoker http, AgentClientOptions options, TimeProvider time) : IDisposable
{
    private const string Root = "http://sandbox/";
    private const long ExpectContinueBytes = 1 << 20;
    private static readonly string AwaitReady =
        $"status?{AgentLocation.AwaitReady}={AgentLocation.LongestAwaitSeconds}";
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(25);

    // A transfer moves or ends; how long all of it may take is nobody's business.
    private static readonly TimeSpan LongestTransfer = TimeSpan.FromHours(12);

    /// <inheritdoc cref="ISandbox.RunAsync"/>
    public async IAsyncEnumerable<CallEvent> RunAsync(
        CallRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var limit = TimeSpan.FromSeconds(Math.Max(0, request.TimeoutSeconds ?? int.MaxValue));
        var longest = (limit < options.LongestCall ? limit : options.LongestCall) + options.CallGrace;
        using var deadline = new Deadline(time, longest, cancellationToken);
        using var stream = new CallStream(http, options, time, request, deadline);
        while (await stream.NextAsync() is { } next)
        {
            yield return next;
        }
    }

    /// <inheritdoc cref="ISandbox.InterruptAsync"/>
    public async Task InterruptAsync(string callId, CancellationToken cancellationToken)
    {
        var path = $"calls/{Uri.EscapeDataString(callId)}/interrupt";
        await SendAsync(HttpMethod.Post, path, HttpStatusCode.NotFound, cancellationToken);
    }

    /// <inheritdoc cref="ISandbox.PutFileAsync"/>
    /// <exception cref="InvalidOperationException">The source failed; its exception is the inner one.</exception>
    public async Task PutFileAsync(
        string path,
        Stream content,
        long? length,
        string? alias,
        CancellationToken cancellationToken
    )
    {
        var query = alias is null ? "" : $"?alias={SandboxPath.ToUrl(alias)}";
        using var deadline = new Deadline(time, LongestTransfer, cancellationToken);
        using var upload = new UploadContent(content, length, options.Silence, deadline);
        using var message = new HttpRequestMessage(HttpMethod.Put, $"{Root}files/{SandboxPath.ToUrl(path)}{query}")
        {
            Content = upload,
        };
        // A file that does not fit is refused before its bytes are sent.
        message.Headers.ExpectContinue = length is null or > ExpectContinueBytes;
        await GuardAsync(async () =>
        {
            try
            {
                using var response = await SendAsync(message, options.Silence, deadline);
                await ThrowUnlessAsync(response, deadline, HttpStatusCode.OK);
                return true;
            }
            catch (HttpRequestException) when (upload.SourceFailure is not null)
            {
                throw new InvalidOperationException("The file to place could not be read.", upload.SourceFailure);
            }
        });
    }

    /// <inheritdoc cref="ISandbox.OpenFileAsync"/>
    public Task<SandboxFile?> OpenFileAsync(string path, CancellationToken cancellationToken) =>
        SandboxPath.IsValid(path)
            ? GuardAsync(() => OpenAsync(path, cancellationToken))
            : Task.FromResult<SandboxFile?>(null);

    /// <inheritdoc cref="ISandbox.ListFilesAsync"/>
    public async Task<FileList> ListFilesAsync(CancellationToken cancellationToken) =>
        EventCheck.Check(await GetAsync("files", AgentJson.Default.FileList, cancellationToken));

    /// <inheritdoc cref="ISandbox.DeleteFileAsync"/>
    public Task DeleteFileAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"files/{SandboxPath.ToUrl(path)}", HttpStatusCode.NotFound, cancellationToken);

    /// <inheritdoc cref="ISandbox.GetStatusAsync"/>
    public Task<AgentStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        StatusAsync("status", cancellationToken);

    /// <summary>Waits until code can run and every way out is blocked, or that will not be.</summary>
    /// <returns>The status that says so.</returns>
    /// <exception cref="SandboxLostException">The agent does not answer.</exception>
    public async Task<AgentStatus> AwaitReadyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = await StatusAsync(AwaitReady, cancellationToken);
            if (AgentReadiness.Of(status).IsFinal)
            {
                return status;
            }

            // An older agent answers at once.
            await Task.Delay(BetweenLooks, time, cancellationToken);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<SandboxFile?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(time, options.Silence, cancellationToken);
        using var message = new HttpRequestMessage(HttpMethod.Get, $"{Root}files/{SandboxPath.ToUrl(path)}");
        var response = await SendAsync(message, options.Silence, deadline);
        try
        {
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                response.Dispose();
                return null;
            }

            await ThrowUnlessAsync(response, deadline, HttpStatusCode.OK);
            var length =
                response.Content.Headers.ContentLength ?? throw new AgentProtocolException("a file without a length");
            var content = await response.Content.ReadAsStreamAsync(cancellationToken);
            return new SandboxFile(path, length, new DownloadStream(content, response, length, options.Silence, time));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private Task<AgentStatus> StatusAsync(string path, CancellationToken cancellationToken) =>
        GuardAsync(async () =>
            EventCheck.Check(await GetAsync(path, AgentJson.Default.AgentStatus, cancellationToken))
        );

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        GuardAsync(async () =>
        {
            using var deadline = new Deadline(time, options.Answer, cancellationToken);
            using var message = new HttpRequestMessage(HttpMethod.Get, Root + path);
            using var response = await SendAsync(message, options.Answer, deadline);
            await ThrowUnlessAsync(response, deadline, HttpStatusCode.OK);
            var body = await BoundedBody.ReadAsync(response, options.BodyBytes, options.Answer, deadline);
            return JsonSerializer.Deserialize(body, type) ?? throw new AgentProtocolException("an empty answer");
        });

    private Task<bool> SendAsync(
        HttpMethod method,
        string path,
        HttpStatusCode alsoFine,
        CancellationToken cancellationToken
    ) =>
        GuardAsync(async () =>
        {
            using var deadline = new Deadline(time, options.Answer, cancellationToken);
            using var message = new HttpRequestMessage(method, Root + path);
            using var response = await SendAsync(message, options.Answer, deadline);
            await ThrowUnlessAsync(response, deadline, alsoFine);
            return true;
        });

    private ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage message,
        TimeSpan patience,
        Deadline deadline
    ) =>
        deadline.WithinAsync(
            patience,
            static (state, token) => new ValueTask<HttpResponseMessage>(state.http.SendAsync(state.message, token)),
            (http, message)
        );

    private async Task ThrowUnlessAsync(HttpResponseMessage response, Deadline deadline, HttpStatusCode alsoFine)
    {
        if (response.IsSuccessStatusCode || response.StatusCode == alsoFine)
        {
            return;
        }

        var refusal = AgentRefusal.From(
            response,
            await BoundedBody.ReadAsync(response, 64 << 10, options.Answer, deadline)
        );
        throw refusal.Code switch
        {
            AgentErrorCodes.Internal or AgentErrorCodes.KernelUnavailable => new SandboxLostException(refusal.Message),
            _ => new SandboxFileException(refusal.Message),
        };
    }

    /// <summary>Turns what breaks on the way into the one exception that callers know.</summary>
    private static async Task<T> GuardAsync<T>(Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (Exception exception)
            when (exception
                    is HttpRequestException
                        or IOException
                        or TimeoutException
                        or ObjectDisposedException
                        or AgentProtocolException
                        or JsonException
            )
        {
            throw new SandboxLostException($"The sandbox does not answer: {exception.Message}", exception);
        }
    }
}
