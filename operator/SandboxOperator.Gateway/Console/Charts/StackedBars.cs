namespace SandboxOperator.Gateway.Console.Charts;

/// <summary>Columns of several parts each, one column a day.</summary>
/// <param name="Columns">Their labels, and the parts of each in the order of <paramref name="Series"/>.</param>
/// <param name="Series">What the parts are.</param>
public sealed record StackedBars(
    IReadOnlyList<(string Label, IReadOnlyList<long> Parts)> Columns,
    IReadOnlyList<string> Series
)
{
    public const double Width = 1000;
    public const double Height = 220;

    /// <summary>The largest column; never 0.</summary>
    public long Largest => Math.Max(1, Columns.Select(column => column.Parts.Sum()).DefaultIfEmpty().Max());

    /// <summary>The value at the top of the chart: a round one.</summary>
    public long Top
    {
        get
        {
            var step = Scale.Step(Largest, most: 4);
            return (Largest + step - 1) / step * step;
        }
    }

    /// <summary>The rectangles: which part, and where.</summary>
    public IEnumerable<(int Column, int Series, double X, double Y, double Width, double Height)> Rectangles()
    {
        var slot = Width / Math.Max(1, Columns.Count);
        var width = Math.Min(48, slot * 0.72);
        for (var column = 0; column < Columns.Count; column++)
        {
            var below = 0L;
            for (var series = 0; series < Columns[column].Parts.Count; series++)
            {
                var value = Columns[column].Parts[series];
                if (value > 0)
                {
                    var y = Height - ((below + value) * Height / Top);
                    var height = value * Height / Top;
                    yield return (column, series, (column * slot) + ((slot - width) / 2), y, width, height);
                    below += value;
                }
            }
        }
    }
}
