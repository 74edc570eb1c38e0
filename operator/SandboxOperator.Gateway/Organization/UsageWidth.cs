using SandboxOperator.Gateway.Ledger.Usage;

namespace SandboxOperator.Gateway.Organization;

/// <summary>A width of buckets that requests may choose.</summary>
/// <param name="Name">In requests.</param>
/// <param name="Milliseconds">How long.</param>
/// <param name="DefaultLimit">Buckets on a page when the request does not say.</param>
/// <param name="MaxLimit">Buckets on a page at most.</param>
internal sealed record UsageWidth(string Name, long Milliseconds, int DefaultLimit, int MaxLimit)
{
    /// <summary>Of usage; the last one is the default.</summary>
    public static readonly IReadOnlyList<UsageWidth> OfUsage =
    [
        new("1m", UsageRange.Minute, 60, 1440),
        new("1h", UsageRange.Hour, 24, 168),
        new("1d", UsageRange.Day, 7, 31),
    ];

    /// <summary>Of costs.</summary>
    public static readonly IReadOnlyList<UsageWidth> OfCosts = [new("1d", UsageRange.Day, 7, 180)];
}
