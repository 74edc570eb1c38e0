using System.Net;
using System.Text.Json;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Sandboxes.Agents;

/// <summary>An answer of the agent that is not 2xx.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">One of <see cref="AgentErrorCodes"/>.</param>
/// <param name="Message">What is wrong, for a person; bounded and on one line.</param>
/// <param name="RetryAfter">When the agent wants to be asked again, or null.</param>
internal sealed record AgentRefusal(HttpStatusCode Status, string Code, string Message, TimeSpan? RetryAfter)
{
    private const int LongestMessage = 1000;

    /// <summary>Reads a refusal, of which only known codes and a short message are believed.</summary>
    public static AgentRefusal From(HttpResponseMessage response, byte[] body)
    {
        AgentError? error = null;
        try
        {
            error = JsonSerializer.Deserialize(body, AgentJson.Default.AgentError);
        }
        catch (JsonException)
        {
            // The status alone then says what is wrong.
        }

        return new AgentRefusal(
            response.StatusCode,
            Known(error?.Code) ?? CodeOf(response.StatusCode),
            OneLine(error?.Message) ?? $"The sandbox's agent answered {(int)response.StatusCode}.",
            response.Headers.RetryAfter?.Delta
        );
    }

    private static string? Known(string? code) =>
        code
            is AgentErrorCodes.InvalidRequest
                or AgentErrorCodes.NotFound
                or AgentErrorCodes.CallIdReused
                or AgentErrorCodes.EpochFenced
                or AgentErrorCodes.Busy
                or AgentErrorCodes.IncarnationMismatch
                or AgentErrorCodes.KernelUnavailable
                or AgentErrorCodes.DiskFull
                or AgentErrorCodes.Internal
            ? code
            : null;

    private static string CodeOf(HttpStatusCode status) =>
        status switch
        {
            HttpStatusCode.BadRequest => AgentErrorCodes.InvalidRequest,
            HttpStatusCode.NotFound => AgentErrorCodes.NotFound,
            HttpStatusCode.Conflict => AgentErrorCodes.Busy,
            HttpStatusCode.PreconditionFailed => AgentErrorCodes.IncarnationMismatch,
            HttpStatusCode.ServiceUnavailable => AgentErrorCodes.KernelUnavailable,
            HttpStatusCode.InsufficientStorage or HttpStatusCode.RequestEntityTooLarge => AgentErrorCodes.DiskFull,
            _ => AgentErrorCodes.Internal,
        };

    private static string? OneLine(string? message) =>
        string.IsNullOrWhiteSpace(message)
            ? null
            : string.Create(
                Math.Min(message.Length, LongestMessage),
                message,
                static (line, from) =>
                {
                    for (var index = 0; index < line.Length; index++)
                    {
                        line[index] = char.IsControl(from[index]) ? ' ' : from[index];
                    }
                }
            );
}
