using FsCheck.Xunit;
using SandboxOperator.Gateway.Console.Charts;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class StackedBarsTests
{
    [Property]
    public bool Rectangles_stay_in_the_chart_and_on_top_of_each_other(int[][] columns)
    {
        var chart = new StackedBars(
            [.. columns.Select(parts => ("day", (IReadOnlyList<long>)[.. parts.Select(part => Math.Abs((long)part))]))],
            []
        );
        var rectangles = chart.Rectangles().ToList();
        return rectangles.TrueForAll(box =>
                box is { X: >= 0, Y: >= -0.001, Width: > 0, Height: > 0 }
                && box.X + box.Width <= StackedBars.Width + 0.001
                && box.Y + box.Height <= StackedBars.Height + 0.001
            )
            && rectangles
                .GroupBy(box => box.Column)
                .All(column => column.Zip(column.Skip(1)).All(pair => pair.First.Y >= pair.Second.Y));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(7, 8)]
    [InlineData(30_000_000, 30_000_000)]
    [InlineData(31_000_000, 40_000_000)]
    public void The_top_is_a_round_number(long largest, long top) =>
        new StackedBars([("day", [largest])], ["x"]).Top.ShouldBe(top);
}
