using SandboxOperator.Gateway.Console.Text;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class FormatTests
{
    [Theory]
    [InlineData(0L, "0 ms")]
    [InlineData(1240L, "1.24 s")]
    [InlineData(12_340L, "12.3 s")]
    [InlineData(185_000L, "3 min 5 s")]
    [InlineData(7_440_000L, "2 h 4 min")]
    [InlineData(null, "–")]
    public void Times_are_as_long_as_they_need_be(long? milliseconds, string expected) =>
        Format.Duration(milliseconds).ShouldBe(expected);

    [Theory]
    [InlineData(30_000_000L, "$0.0300")]
    [InlineData(1_500_000_000L, "$1.50")]
    [InlineData(4_200L, "$0.0000042")]
    [InlineData(0L, "$0")]
    [InlineData(null, "unknown")]
    public void Small_amounts_keep_their_digits(long? nanos, string expected) =>
        Format.Dollars(nanos).ShouldBe(expected);

    [Theory]
    [InlineData(1000, 3000, "just now")]
    [InlineData(0, 90_000, "1 min ago")]
    [InlineData(3_600_000, 0, "in 1 h")]
    public void Times_are_told_from_now(long at, long now, string expected) => Format.Ago(at, now).ShouldBe(expected);
}
