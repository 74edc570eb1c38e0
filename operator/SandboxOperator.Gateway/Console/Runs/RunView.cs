using SandboxOperator.Gateway.Console.Charts;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>A run as its page shows it.</summary>
/// <param name="Row">What lists show, too.</param>
/// <param name="Items">The timeline.</param>
/// <param name="Waterfall">Where the time went.</param>
/// <param name="Files">Everything to download.</param>
public sealed record RunView(
    RunRow Row,
    IReadOnlyList<TimelineItem> Items,
    Waterfall Waterfall,
    IReadOnlyList<ShownFile> Files
)
{
    /// <summary>Code and message of the error that ended it; null when none did.</summary>
    public (string Code, string Message)? Error { get; init; }

    public string? IncompleteReason { get; init; }
    public string? Instructions { get; init; }
    public TokenCount Tokens { get; init; }
    public long CachedTokens { get; init; }
    public long ReasoningTokens { get; init; }

    /// <summary>The model as the upstream called it; null when it did not.</summary>
    public string? UpstreamModel { get; init; }

    /// <summary>The trace of the run, if it was traced.</summary>
    public string? TraceId { get; init; }
}
