namespace SandboxOperator.Gateway.Ledger.Tariffs;

/// <summary>What sessions cost. Section <c>Tariff</c>.</summary>
internal sealed class TariffOptions
{
    public const string Section = "Tariff";

    /// <summary><c>per-session</c> or <c>per-20-minutes</c>.</summary>
    public string Kind { get; set; } = "per-session";

    /// <summary>Dollars of a session, when it is paid by session.</summary>
    public decimal SessionDollars { get; set; } = 0.03m;

    /// <summary>
    /// The memory of a sandbox, such as <c>4Gi</c>; null for what the sandboxes of this machine have, and 1 GiB for
    /// those of a cluster.
    /// </summary>
    public string? Memory { get; set; }

    /// <summary>Dollars of 20 minutes by memory, such as <c>4Gi</c>; empty for OpenAI's prices.</summary>
    public Dictionary<string, decimal> Sizes { get; set; } = new(StringComparer.Ordinal);
}
