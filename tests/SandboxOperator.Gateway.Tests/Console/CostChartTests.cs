using SandboxOperator.Gateway.Console.Costs;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class CostChartTests
{
    private static readonly DateOnly First = new(2026, 11, 1);

    [Fact]
    public void Each_day_has_a_column_be_it_empty()
    {
        var chart = CostChart.Of(First, 3, [(First.AddDays(1), "code interpreter", 30), (First.AddDays(9), "late", 1)]);

        chart.Columns.Select(column => column.Label).ShouldBe(["1 Nov", "2 Nov", "3 Nov"]);
        chart.Columns.Select(column => column.Parts.Sum()).ShouldBe([0, 30, 0]);
    }

    [Fact]
    public void The_dearest_items_have_a_colour_and_the_others_share_one()
    {
        var lines = Enumerable.Range(1, 9).Select(i => (First, $"item {i}", (long)i)).ToList();

        var chart = CostChart.Of(First, 1, lines);

        chart.Series.ShouldBe(["item 9", "item 8", "item 7", "item 6", "item 5", "others"]);
        chart.Columns[0].Parts.ShouldBe([9, 8, 7, 6, 5, 1 + 2 + 3 + 4]);
    }
}
