using System.Globalization;
using SandboxOperator.Gateway.Console.Charts;

namespace SandboxOperator.Gateway.Console.Costs;

/// <summary>Makes the chart of costs.</summary>
internal static class CostChart
{
    /// <summary>More line items are shown together as the last one.</summary>
    public const int MaxSeries = 6;

    private const string Others = "others";

    /// <param name="first">The first day.</param>
    /// <param name="days">How many days.</param>
    /// <param name="lines">Day, line item and nano-dollars.</param>
    public static StackedBars Of(DateOnly first, int days, IReadOnlyList<(DateOnly Day, string Item, long Nanos)> lines)
    {
        // 1. The dearest items have a colour of their own.
        var items = lines
            .GroupBy(line => line.Item, StringComparer.Ordinal)
            .OrderByDescending(group => group.Sum(line => line.Nanos))
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Key)
            .ToList();
        List<string> series = items.Count <= MaxSeries ? items : [.. items.Take(MaxSeries - 1), Others];

        // 2. A column for each day, be it empty.
        var columns = Enumerable
            .Range(0, days)
            .Select(offset => first.AddDays(offset))
            .Select(day => (Label: day.ToString("d MMM", CultureInfo.InvariantCulture), Parts: new long[series.Count]))
            .ToList();
        foreach (var (day, item, nanos) in lines)
        {
            var column = day.DayNumber - first.DayNumber;
            if (column >= 0 && column < days)
            {
                var index = series.IndexOf(item);
                columns[column].Parts[index < 0 ? series.Count - 1 : index] += nanos;
            }
        }

        return new StackedBars(
            [.. columns.Select(column => (column.Label, (IReadOnlyList<long>)column.Parts))],
            series
        );
    }
}
