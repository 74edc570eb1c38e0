using SandboxOperator.Gateway.Console.Text;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class CodeDiffTests
{
    [Fact]
    public void A_change_is_shown_with_the_lines_around_it()
    {
        var before = string.Join('\n', Enumerable.Range(1, 20));
        var after = before.Replace("\n10\n", "\nten\n", StringComparison.Ordinal);

        CodeDiff
            .Compare(before, after)!
            .Select(line => $"{line.Kind}:{line.Text}")
            .ShouldBe([
                "Gap:6 lines",
                "Same:7",
                "Same:8",
                "Same:9",
                "Removed:10",
                "Added:ten",
                "Same:11",
                "Same:12",
                "Same:13",
                "Gap:7 lines",
            ]);
    }

    [Theory]
    [InlineData("a\nb", "a\nb")]
    [InlineData("a\nb", "a\nb\n\n")]
    [InlineData("", "")]
    public void The_same_is_no_correction(string before, string after) =>
        CodeDiff.Compare(before, after).ShouldBeNull();

    [Theory]
    [InlineData('\n')]
    [InlineData('\r')]
    public void Very_long_programs_are_not_compared(char lineEnd) =>
        CodeDiff.Compare(new string(lineEnd, 2001) + "y", "x").ShouldBeNull();
}
