using FsCheck.Xunit;
using SandboxOperator.Gateway.Console.Charts;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class ChartTests
{
    [Property]
    public bool Bars_stay_inside_of_the_run(long total, (long Start, long Length)[] bars)
    {
        var chart = Waterfall.Of(
            total,
            bars.Select(bar => new WaterfallBar("b", "call", bar.Start / 2, bar.Length / 2, []))
        );
        return chart.TotalMs >= 1
            && chart.Bars.All(bar =>
                bar is { StartMs: >= 0, LengthMs: >= 0 } && bar.StartMs + bar.LengthMs <= chart.TotalMs
            );
    }

    [Fact]
    public void A_crowd_of_bars_shows_the_longest_in_order()
    {
        var chart = Waterfall.Of(
            1000,
            Enumerable.Range(0, 100).Select(i => new WaterfallBar($"{i}", "call", i, i, []))
        );

        chart.Bars.Count.ShouldBe(60);
        chart.Bars[0].Label.ShouldBe("40");
        chart.Bars.Select(bar => bar.StartMs).ShouldBeInOrder();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(9, 2)]
    [InlineData(10_900, 2000)]
    [InlineData(60_000, 20_000)]
    public void Marks_are_round(long largest, long step) => Scale.Step(largest, most: 5).ShouldBe(step);

    [Fact]
    public void There_are_never_more_marks_than_wanted()
    {
        foreach (var largest in new long[] { 1, 7, 99, 12_345, long.MaxValue / 100 })
        {
            Scale.Marks(largest, most: 5).Count().ShouldBeInRange(1, 6);
        }
    }
}
