using SandboxOperator.Agent.Serve.Calls;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Serve;

public sealed class DisplayBudgetTests
{
    [Fact]
    public void An_item_that_is_too_large_is_refused_and_costs_nothing()
    {
        var budget = new DisplayBudget();
        for (var i = 0; i < 10; i++)
        {
            budget.Refuse(Item(DisplayBudget.MaxItemBytes + 1)).ShouldNotBeNull().ShouldContain("8,388,608");
        }

        budget.Refuse(Item(DisplayBudget.MaxItemBytes)).ShouldBeNull();
    }

    [Fact]
    public void Items_are_counted()
    {
        var budget = new DisplayBudget();
        for (var i = 0; i < DisplayBudget.MaxItems; i++)
        {
            budget.Refuse(Item(1)).ShouldBeNull();
        }

        budget.Refuse(Item(1)).ShouldNotBeNull().ShouldContain("100 items");
    }

    [Fact]
    public void Bytes_are_added_up()
    {
        var budget = new DisplayBudget();
        for (var bytes = 0; bytes < DisplayBudget.MaxTotalBytes; bytes += DisplayBudget.MaxItemBytes)
        {
            budget.Refuse(Item(DisplayBudget.MaxItemBytes)).ShouldBeNull();
        }

        budget.Refuse(Item(1)).ShouldNotBeNull().ShouldContain("33,554,432");
    }

    [Theory]
    [InlineData("text")]
    [InlineData("text/pl\nain")]
    [InlineData("text/é")]
    public void A_type_that_is_none_is_refused(string type) =>
        new DisplayBudget().Refuse(new Dictionary<string, string> { [type] = "" }).ShouldNotBeNull();

    [Fact]
    public void Nothing_and_too_many_types_are_refused()
    {
        new DisplayBudget().Refuse(new Dictionary<string, string>()).ShouldNotBeNull();
        var many = Enumerable.Range(0, 17).ToDictionary(i => $"text/{i}", _ => "", StringComparer.Ordinal);
        new DisplayBudget().Refuse(many).ShouldNotBeNull();
    }

    private static Dictionary<string, string> Item(int bytes) => new() { ["text/plain"] = new string('x', bytes) };
}
