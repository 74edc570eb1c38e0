using System.Globalization;
using System.Text.Json;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>Says what an upstream's error means.</summary>
internal static class UpstreamErrors
{
    private const int MaxMessageChars = 500;

    private static readonly string[] ContextWords =
    [
        "maximum context length",
        "context length exceeded",
        "context_length_exceeded",
        "context window",
        "prompt is too long",
        "exceeds the available context",
        "exceed context limit",
        "input is too long",
    ];

    /// <summary>The meaning of an HTTP answer that is not 2xx.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body, perhaps cut, perhaps not JSON.</param>
    /// <param name="retryAfter">The wait the upstream asks for.</param>
    /// <param name="model">The model that was asked.</param>
    public static AttemptException FromResponse(int status, string body, TimeSpan? retryAfter, string model)
    {
        var failure = Explain(status, body, retryAfter, model);
        failure.Reason = $"it answered with status {status}";
        return failure;
    }

    private static AttemptException Explain(int status, string body, TimeSpan? retryAfter, string model)
    {
        var (message, code, type) = Read(body);
        if (IsContextLength(status, message, code))
        {
            return new AttemptException(
                ModelFailure.ContextLength,
                $"The conversation is too long for '{model}': {message}"
            );
        }
        if (status == 429)
        {
            var isQuota = code == "insufficient_quota" || type == "insufficient_quota";
            return new AttemptException(ModelFailure.RateLimited, $"The upstream model is rate limited: {message}")
            {
                Retryable = !isQuota,
                RetryAfter = retryAfter,
            };
        }
        if (status is 400 or 422 && message.Contains("stream_options", StringComparison.Ordinal))
        {
            return new AttemptException(ModelFailure.Refused, message) { StreamOptionsRejected = true };
        }
        if (status is 408 or 409 or 425 or >= 500)
        {
            return new AttemptException(ModelFailure.Server, $"The upstream model answered {status}: {message}")
            {
                Retryable = true,
                RetryAfter = retryAfter,
            };
        }
        return new AttemptException(
            ModelFailure.Refused,
            status switch
            {
                401 or 403 =>
                    $"The upstream model refused the key ({status}): check Upstream:ApiKey (OPENAI_API_KEY). It said: {message}",
                404 => $"The upstream has no model '{model}' or no Chat Completions at Upstream:BaseUrl: {message} "
                    + $"Upstream:Models says what it calls the models that applications name.",
                _ => $"The upstream model refused the request ({status}): {message}",
            }
        );
    }

    /// <summary>The meaning of an error object within a stream.</summary>
    public static AttemptException FromStream(JsonElement error, string model)
    {
        var (message, code, type) = ReadError(error);
        var status = (int?)LenientJson.Integer(error, "code") ?? 0;
        if (IsContextLength(400, message, code))
        {
            return new AttemptException(
                ModelFailure.ContextLength,
                $"The conversation is too long for '{model}': {message}"
            )
            {
                Reason = "the conversation is too long for it",
            };
        }
        var isLimit =
            status == 429
            || code.Contains("rate_limit", StringComparison.Ordinal)
            || type.Contains("rate_limit", StringComparison.Ordinal);
        return new AttemptException(
            isLimit ? ModelFailure.RateLimited : ModelFailure.Server,
            $"The upstream model broke off its answer: {message}"
        )
        {
            Retryable = true,
            Reason = "it broke off its answer with an error",
        };
    }

    /// <summary>The wait that headers ask for, or null.</summary>
    public static TimeSpan? RetryAfter(string? milliseconds, string? seconds, DateTimeOffset now)
    {
        if (double.TryParse(milliseconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) && ms >= 0)
        {
            return TimeSpan.FromMilliseconds(Math.Min(ms, 86_400_000));
        }
        if (double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var s) && s >= 0)
        {
            return TimeSpan.FromSeconds(Math.Min(s, 86_400));
        }
        return
            DateTimeOffset.TryParse(seconds, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            && at > now
            ? at - now
            : null;
    }

    private static bool IsContextLength(int status, string message, string code) =>
        code == "context_length_exceeded"
        || (
            status is 400 or 413 or 422 or 500
            && ContextWords.Any(words => message.Contains(words, StringComparison.OrdinalIgnoreCase))
        );

    private static (string Message, string Code, string Type) Read(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            return ReadError(LenientJson.Property(root, "error") ?? root);
        }
        catch (JsonException)
        {
            return (Cut(body), "", "");
        }
    }

    private static (string Message, string Code, string Type) ReadError(JsonElement error) =>
        error.ValueKind == JsonValueKind.String
            ? (Cut(LenientJson.String(error)), "", "")
            : (
                Cut(LenientJson.String(error, "message") ?? LenientJson.String(error, "detail") ?? error.GetRawText()),
                LenientJson.String(error, "code") ?? "",
                LenientJson.String(error, "type") ?? ""
            );

    private static string Cut(string message) =>
        message.Length <= MaxMessageChars ? message : message[..MaxMessageChars] + "…";
}
