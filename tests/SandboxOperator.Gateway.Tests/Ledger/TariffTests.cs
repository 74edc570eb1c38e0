using FsCheck;
using FsCheck.Xunit;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Ledger.Tariffs;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Ledger;

public sealed class TariffTests
{
    private const long Minute = 60_000;
    private static readonly Tariff ByPeriod = new(1, TimeSpan.FromMinutes(20));

    [Property]
    public void A_session_is_one_period_however_long_it_lasts(NonNegativeInt minutes) =>
        new Tariff(1, null).Due(0, 0, minutes.Get * Minute, minutes.Get * Minute).ShouldBeEmpty();

    [Fact]
    public void Periods_follow_each_other_from_the_first_call()
    {
        ByPeriod.Due(null, 7, 7, 7).ShouldBe([0]);
        ByPeriod.Due(0, 0, 20 * Minute - 1, 20 * Minute - 1).ShouldBeEmpty();
        ByPeriod.Due(0, 0, 20 * Minute, 20 * Minute).ShouldBe([1]);
        ByPeriod.Due(0, 0, 59 * Minute, 59 * Minute).ShouldBe([2]);
        ByPeriod.Due(0, 0, 0, 59 * Minute).ShouldBe([1, 2]);
    }

    [Property]
    public void No_order_of_calls_makes_a_period_due_twice_or_leaves_one_out(NonNegativeInt[] times)
    {
        // Calls at any times, also when the clock is set back in between.
        var due = new List<int>();
        int? paid = null;
        foreach (var minute in times.Select(time => time.Get % 500))
        {
            var now = ByPeriod.Due(paid, 0, minute * Minute, minute * Minute);
            due.AddRange(now);
            paid = now.Count > 0 ? now[^1] : paid;
        }

        due.ShouldBe(due.Distinct().Order());
        var newest = times.Select(time => time.Get % 500 / 20).DefaultIfEmpty(-1).Max();
        due.LastOrDefault(-1).ShouldBe(newest);
    }

    [Theory]
    [InlineData("512Mi", 0.03)]
    [InlineData("1Gi", 0.03)]
    [InlineData("1.5Gi", 0.12)]
    [InlineData("4G", 0.12)]
    [InlineData("17179869184", 0.48)]
    [InlineData("64Gi", 1.92)]
    public void The_smallest_size_that_holds_a_sandbox_says_the_price(string memory, double dollars) =>
        Tariff
            .From(new TariffOptions { Kind = "per-20-minutes", Memory = memory }, 1)
            .ShouldBe(new Tariff((long)(dollars * 1e9), TimeSpan.FromMinutes(20)));

    [Fact]
    public void Sizes_of_ones_own_replace_the_usual_ones()
    {
        var options = new TariffOptions { Kind = "per-20-minutes" };
        options.Sizes["2Gi"] = 0.5m;
        Tariff.From(options, 1L << 30).Nanos.ShouldBe(500_000_000);
        Refused(options, 3L << 30).ShouldContain("Tariff:Sizes");
    }

    [Fact]
    public void What_makes_no_sense_is_refused_by_name()
    {
        Refused(new TariffOptions { Kind = "per-hour" }).ShouldContain("Tariff:Kind");
        Refused(new TariffOptions { SessionDollars = -1 }).ShouldContain("Tariff:SessionDollars");
        Refused(new TariffOptions { Kind = "per-20-minutes", Memory = "much" }).ShouldContain("Tariff:Memory");
        Refused(new TariffOptions { Kind = "per-20-minutes", Memory = "65Gi" }).ShouldContain("Tariff:Sizes");
    }

    [Theory]
    [InlineData("Tariff:Kind=per-month", "Tariff:Kind")]
    [InlineData("Prices:Models:m:Input=1", "Prices:Models:m:Output")]
    [InlineData("Budgets:0:Project=p", "Budgets:0:Dollars")]
    public async Task A_gateway_does_not_start_with_settings_that_make_no_sense(string setting, string named) =>
        (
            await Should.ThrowAsync<OptionsValidationException>(() => TestGateway.StartAsync(null, null, setting))
        ).Message.ShouldContain(named);

    private static string Refused(TariffOptions options, long memory = 1) =>
        Should.Throw<OptionsValidationException>(() => Tariff.From(options, memory)).Message;
}
