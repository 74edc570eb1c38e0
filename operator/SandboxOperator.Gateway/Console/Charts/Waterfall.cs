namespace SandboxOperator.Gateway.Console.Charts;

/// <summary>Where the time of a run went.</summary>
/// <param name="TotalMs">The whole run, so far if it goes on.</param>
/// <param name="Bars">In the order of their starts.</param>
public sealed record Waterfall(long TotalMs, IReadOnlyList<WaterfallBar> Bars)
{
    /// <summary>Bars that the chart shows; a run with more shows the longest.</summary>
    private const int MaxBars = 60;

    /// <summary>Makes a chart of bars in any order. What lies outside of the run is cut to it.</summary>
    public static Waterfall Of(long totalMs, IEnumerable<WaterfallBar> bars)
    {
        var total = Math.Max(1, totalMs);
        var inside = bars.Select(bar =>
        {
            var start = Math.Clamp(bar.StartMs, 0, total);
            var end = Math.Clamp(bar.StartMs + bar.LengthMs, start, total);
            return bar with { StartMs = start, LengthMs = end - start };
        });
        return new Waterfall(
            total,
            [.. inside.OrderByDescending(bar => bar.LengthMs).Take(MaxBars).OrderBy(bar => bar.StartMs)]
        );
    }

    /// <summary>Round times for the marks below the chart.</summary>
    public IReadOnlyList<long> Marks() => [.. Scale.Marks(TotalMs, most: 5)];
}
