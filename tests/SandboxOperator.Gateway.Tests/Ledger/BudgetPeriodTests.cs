using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Ledger.Budgets;

namespace SandboxOperator.Gateway.Tests.Ledger;

public sealed class BudgetPeriodTests
{
    [Theory]
    [InlineData("day", "2028-02-29T23:59:59+00:00", "2028-02-29", "2028-03-01")]
    [InlineData("day", "2028-02-29T23:59:59-05:00", "2028-03-01", "2028-03-02")]
    [InlineData("month", "2028-02-29T23:59:59+00:00", "2028-02-01", "2028-03-01")]
    [InlineData("month", "2027-12-01T00:00:00+00:00", "2027-12-01", "2028-01-01")]
    public void Periods_are_those_of_the_calendar_in_utc(string period, string now, string start, string end)
    {
        var budget = Budget.From([Options(period: period)]).Single();
        budget.StartAt(At(now)).ShouldBe(At(start + "T00:00Z"));
        budget.EndAt(At(now)).ShouldBe(At(end + "T00:00Z"));
    }

    [Fact]
    public void What_makes_no_sense_is_refused_by_name()
    {
        Refused(Options(project: "")).ShouldContain("Budgets:0:Project");
        Refused(Options(period: "week")).ShouldContain("Budgets:0:Period");
        Refused(Options(dollars: null)).ShouldContain("Budgets:0:Dollars");
        Refused(Options(dollars: -1)).ShouldContain("Budgets:0:Dollars");
        Refused(Options(warnAt: double.NaN)).ShouldContain("Budgets:0:WarnAt");
        Refused(Options(), Options()).ShouldContain("two entries");
    }

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static BudgetOptions Options(
        string project = "p",
        string period = "day",
        double? dollars = 1,
        double warnAt = 0.5
    ) =>
        new()
        {
            Project = project,
            Period = period,
            Dollars = (decimal?)dollars,
            WarnAt = warnAt,
        };

    private static string Refused(params BudgetOptions[] options) =>
        Should.Throw<OptionsValidationException>(() => Budget.From(options)).Message;
}
