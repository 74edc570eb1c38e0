namespace SandboxOperator.Gateway.Http;

/// <summary>Ends a request with an error in the shape that OpenAI's clients read.</summary>
internal sealed class ApiException(
    int status,
    string message,
    string? param = null,
    string? code = null,
    string type = "invalid_request_error",
    TimeSpan? retryAfter = null
) : Exception(message)
{
    /// <summary>The HTTP status. Never 409: clients repeat such requests unasked.</summary>
    public int Status { get; } = status;

    /// <summary>The parameter at fault, as a path, or null.</summary>
    public string? Param { get; } = param;

    /// <summary>What programs compare, or null.</summary>
    public string? Code { get; } = code;

    public string Type { get; } = type;

    /// <summary>When trying again makes sense, or null.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Whether clients, which repeat some statuses unasked, are told not to.</summary>
    public bool IsFinal { get; init; }
}
