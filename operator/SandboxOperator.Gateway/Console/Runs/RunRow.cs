using SandboxOperator.Gateway.Console.Text;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>A run in a list.</summary>
/// <param name="Seq">Its place in the list.</param>
/// <param name="Id">The run.</param>
/// <param name="Project">Whose it is.</param>
/// <param name="ThreadId">Its thread.</param>
/// <param name="AssistantId">Its assistant.</param>
/// <param name="AssistantName">The assistant's name; null when it has none or has been deleted.</param>
/// <param name="Model">As the caller named it.</param>
/// <param name="Status">One of the API's.</param>
/// <param name="Prompt">The beginning of what was asked.</param>
/// <param name="CreatedAtMs">Unix milliseconds.</param>
/// <param name="EndedAtMs">Null while it is active, and when nobody noted it.</param>
/// <param name="Calls">Executions of code.</param>
/// <param name="Errors">Those that did not end well.</param>
/// <param name="Tokens">Of all model calls.</param>
public sealed record RunRow(
    long Seq,
    string Id,
    string Project,
    string ThreadId,
    string AssistantId,
    string? AssistantName,
    string Model,
    string Status,
    string Prompt,
    long CreatedAtMs,
    long? EndedAtMs,
    int Calls,
    int Errors,
    long Tokens
)
{
    /// <summary>What the sessions that it started cost, in billionths of a dollar.</summary>
    public long SessionNanos { get; init; }

    /// <summary>What its tokens cost, in billionths of a dollar; null when a price is not known.</summary>
    public long? TokenNanos { get; init; }

    /// <summary>Both together; a price that is not known is said, not guessed.</summary>
    public string Cost =>
        TokenNanos is not null || Tokens == 0 ? Format.Dollars(SessionNanos + (TokenNanos ?? 0))
        : SessionNanos > 0 ? Format.Dollars(SessionNanos) + " + ?"
        : "unknown";

    /// <summary>Whether the run goes on.</summary>
    public bool IsActive => RunLoop.RunStatuses.Active.Contains(Status);

    /// <summary>How long it took, or has taken so far; null when nobody knows when it ended.</summary>
    public long? DurationMs(long nowMs) => (EndedAtMs ?? (IsActive ? nowMs : null)) - CreatedAtMs;
}
