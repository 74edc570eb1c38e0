using System.Globalization;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SandboxOperator.Api.Schema;
using Shouldly;

namespace SandboxOperator.Api.Tests.Schema;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("1h", 3_600_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("90s", 90_000)]
    [InlineData("250ms", 250)]
    [InlineData("0s", 0)]
    [InlineData("1m0.5s", 60_500)]
    public void Reads_what_kubernetes_writes(string text, int milliseconds)
    {
        GoDuration.TryParse(text, out var duration).ShouldBeTrue();
        duration.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("h")]
    [InlineData("-1h")]
    [InlineData("1d")]
    [InlineData("1h ")]
    [InlineData(".5h")]
    [InlineData("5.h")]
    [InlineData("1/2h")]
    [InlineData("99999999999999999999h")]
    [InlineData("8761h")]
    [InlineData("9999999999999999h9999999999999999h9999999999999999h9999999999999999h")]
    public void Refuses_the_rest(string? text) => GoDuration.TryParse(text, out _).ShouldBeFalse();

    [Property]
    public Property Reads_what_it_writes() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            milliseconds =>
            {
                var duration = TimeSpan.FromMilliseconds(milliseconds);
                var text = GoDuration.Format(duration);
                return Regex.IsMatch(text, GoDuration.Pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10))
                    && GoDuration.TryParse(text, out var read)
                    && read == duration;
            }
        );

    /// <summary>An API server lets through what follows the pattern and stays within bounds: it has to be understood.</summary>
    [Property]
    public Property Reads_what_follows_the_pattern() =>
        Prop.ForAll(
            Gen.Elements("h", "m", "s", "ms")
                .SelectMany(unit =>
                    from whole in Gen.Choose(0, 999_999_999)
                    from fraction in Gen.Choose(-1, 999_999_999)
                    select fraction < 0 ? $"{whole}{unit}" : $"{whole % 1000}.{fraction}{unit}"
                )
                .NonEmptyListOf()
                .Select(parts => string.Concat(parts.Take(2)))
                .ToArbitrary(),
            text =>
                Regex.IsMatch(text, GoDuration.Pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10))
                && (GoDuration.TryParse(text, out _) || Hours(text) > GoDuration.Maximum.TotalHours)
        );

    private static double Hours(string text) =>
        Regex
            .Matches(text, "(?<number>[0-9.]+)(?<unit>ms|s|m|h)", RegexOptions.None, TimeSpan.FromSeconds(10))
            .Sum(part =>
                double.Parse(part.Groups["number"].Value, CultureInfo.InvariantCulture)
                * part.Groups["unit"].Value switch
                {
                    "h" => 1,
                    "m" => 1 / 60.0,
                    "s" => 1 / 3600.0,
                    _ => 1 / 3_600_000.0,
                }
            );
}
