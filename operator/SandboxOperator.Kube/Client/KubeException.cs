using System.Net;

namespace SandboxOperator.Kube.Client;

/// <summary>The API server refused a request or could not be reached.</summary>
/// <param name="code">The status code; null when no answer came.</param>
/// <param name="reason">The reason in one word: <c>NotFound</c>, <c>Conflict</c>, <c>AlreadyExists</c> …</param>
/// <param name="message">What was tried, and what the server said.</param>
/// <param name="inner">The cause.</param>
public sealed class KubeException(HttpStatusCode? code, string reason, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The status code; null when no answer came.</summary>
    public HttpStatusCode? Code { get; } = code;

    /// <summary>The reason in one word.</summary>
    public string Reason { get; } = reason;

    /// <summary>How long the server asks to wait before the next try.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>No answer came, or the server has troubles of its own: trying again may help.</summary>
    public bool IsTransient => Code is null or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <summary>There is no such object.</summary>
    public bool IsNotFound => Code == HttpStatusCode.NotFound;

    /// <summary>Somebody else changed the object, or an object of that name exists.</summary>
    public bool IsConflict => Code == HttpStatusCode.Conflict;

    /// <summary>An object of that name exists.</summary>
    public bool IsAlreadyExists => IsConflict && Reason == "AlreadyExists";

    /// <summary>The resource version is too old to go on from.</summary>
    public bool IsGone => Code == HttpStatusCode.Gone;

    /// <summary>The object or the request is wrong; trying again does not help.</summary>
    public bool IsInvalid => Code is HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest;

    /// <summary>The request is not allowed: roles, quota or an admission rule.</summary>
    public bool IsForbidden => Code == HttpStatusCode.Forbidden;
}
