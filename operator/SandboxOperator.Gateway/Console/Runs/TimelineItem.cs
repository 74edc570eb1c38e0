namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>One entry of a run's timeline.</summary>
/// <param name="Id">Unique in its page.</param>
public abstract record TimelineItem(string Id)
{
    /// <summary>Unix milliseconds.</summary>
    public long? StartedAtMs { get; init; }

    /// <summary>Milliseconds; null while it goes on.</summary>
    public long? DurationMs { get; init; }

    /// <summary>Tokens of the model call that made it; null when not known.</summary>
    public TokenCount? Tokens { get; init; }

    /// <summary>What these tokens cost, or that they have no price; null when nothing of it is in the ledger.</summary>
    public string? TokenCost { get; init; }

    /// <summary>Whether it is still being made.</summary>
    public bool IsOpen { get; init; }
}
