using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Http;

/// <summary>Ends a request with an <see cref="AgentError"/>.</summary>
internal sealed class RequestException(int status, string code, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>One of <see cref="AgentErrorCodes"/>.</summary>
    public string Code { get; } = code;

    /// <summary>400.</summary>
    public static RequestException Invalid(string message) => new(400, AgentErrorCodes.InvalidRequest, message);

    /// <summary>404.</summary>
    public static RequestException NotFound(string message) => new(404, AgentErrorCodes.NotFound, message);

    /// <summary>409, for one of several reasons.</summary>
    public static RequestException Conflict(string code, string message) => new(409, code, message);

    /// <summary>503; the answer tells to ask again in a second.</summary>
    public static RequestException Unavailable(string message) => new(503, AgentErrorCodes.KernelUnavailable, message);

    /// <summary>507.</summary>
    public static RequestException DiskFull(string message) => new(507, AgentErrorCodes.DiskFull, message);
}
