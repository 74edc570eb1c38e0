using SandboxOperator.Gateway.Console.Runs;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class CallOutputTests
{
    [Fact]
    public void The_middle_of_a_long_output_is_left_out()
    {
        var output = CallOutput.OfText("head" + new string('x', 100_000) + "tail");

        output.LeftOut.ShouldBeGreaterThan(60_000);
        output.Text!.ShouldStartWith("head");
        output.Text!.ShouldEndWith("tail");
        output.Text!.Length.ShouldBeLessThan(33_000);
    }

    [Fact]
    public void Characters_are_not_cut_in_half()
    {
        for (var shift = 0; shift < 2; shift++)
        {
            var text = CallOutput.OfText(new string('x', shift) + string.Concat(Enumerable.Repeat("😀", 40_000))).Text!;
            text.EnumerateRunes().ShouldAllBe(rune => rune.Value != 0xfffd);
        }
    }
}
