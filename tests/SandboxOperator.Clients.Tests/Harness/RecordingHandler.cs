using System.Text;
using System.Text.Json;

namespace SandboxOperator.Clients.Tests.Harness;

/// <summary>
/// Writes every exchange as a line of JSON into the folder that <c>RECORDINGS</c> names, in the form the conformance
/// suite in <c>tests/Clients</c> reads. Bodies reach the SDK as they come.
/// </summary>
internal sealed class RecordingHandler() : DelegatingHandler(new SocketsHttpHandler())
{
    private static readonly Lock Writing = new();
    private static readonly string? Folder = Environment.GetEnvironmentVariable("RECORDINGS");

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (Folder is null)
        {
            return response;
        }
        var headers = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(", ", h.Value), StringComparer.Ordinal);
        var type = response.Content.Headers.ContentType?.MediaType;
        var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var copy = new CopyingStream(
            content,
            (bytes, complete) =>
                Write(
                    new
                    {
                        test = Xunit.TestContext.Current.Test?.TestDisplayName ?? "",
                        sdk = request.Headers.UserAgent.ToString(),
                        method = request.Method.Method,
                        url = request.RequestUri!.PathAndQuery,
                        status = (int)response.StatusCode,
                        headers,
                        complete,
                        body = type is "application/json" or "text/event-stream"
                            ? Encoding.UTF8.GetString(bytes)
                            : null,
                    }
                )
        );
        var replacement = new StreamContent(copy);
        foreach (var header in response.Content.Headers)
        {
            replacement.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
        response.Content = replacement;
        return response;
    }

    private static void Write(object exchange)
    {
        lock (Writing)
        {
            Directory.CreateDirectory(Folder!);
            File.AppendAllText(
                Path.Combine(Folder!, $"dotnet-{Environment.ProcessId}.jsonl"),
                JsonSerializer.Serialize(exchange) + "\n"
            );
        }
    }
}
