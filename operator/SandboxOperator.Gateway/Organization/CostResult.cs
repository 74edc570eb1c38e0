namespace SandboxOperator.Gateway.Organization;

/// <summary>A result of the costs of a bucket.</summary>
/// <param name="StartMs">The bucket.</param>
/// <param name="Project">Null unless costs are grouped by it.</param>
/// <param name="Item">The line of the bill; null unless costs are grouped by it.</param>
/// <param name="Quantity">How much of the line; null unless costs are grouped by it.</param>
/// <param name="Unit">The unit of the quantity; null when it has none.</param>
/// <param name="Nanos">Nano-dollars that are known; null when nothing is.</param>
/// <param name="Unpriced">Models of which some tokens had no price.</param>
internal sealed record CostResult(
    long StartMs,
    string? Project,
    string? Item,
    long? Quantity,
    string? Unit,
    long? Nanos,
    IReadOnlyList<string> Unpriced
)
{
    /// <summary>Lines of a bucket and project together, when they are not told apart.</summary>
    public static CostResult Total(long startMs, string? project, IEnumerable<CostResult> lines)
    {
        var all = lines.ToList();
        return new CostResult(
            startMs,
            project,
            null,
            null,
            null,
            all.Aggregate((long?)null, (sum, line) => line.Nanos is { } nanos ? (sum ?? 0) + nanos : sum),
            [.. all.SelectMany(line => line.Unpriced).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
        );
    }
}
