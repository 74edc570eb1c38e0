using SandboxOperator.Agent.CommandLine;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.CommandLine;

public sealed class ArgumentsTests
{
    [Fact]
    public void Options_are_read_in_both_spellings_with_a_command_at_the_end()
    {
        string[] args =
        [
            "--socket",
            "/s",
            "--scratch=/a",
            "--scratch",
            "/b=c",
            "--files",
            "7",
            "--launch",
            "--",
            "bwrap",
            "--",
            "x",
        ];
        var arguments = new Arguments(args, "--launch");

        arguments.Required("--socket").ShouldBe("/s");
        arguments.List("--scratch").ShouldBe(["/a", "/b=c"]);
        arguments.Number("--files").ShouldBe(7);
        arguments.Number("--disk-bytes").ShouldBeNull();
        arguments.Command("--launch").ShouldBe(["bwrap", "--", "x"]);
        arguments.Finish();
    }

    [Theory]
    [InlineData("--socket is missing")]
    [InlineData("--socket is given more than once", "--socket", "/a", "--socket", "/b")]
    [InlineData("--socket needs a value", "--socket")]
    [InlineData("--socket needs a value", "--socket", "")]
    [InlineData("'x' is not an option; options look like --name VALUE", "x")]
    [InlineData("unknown option --sokcet", "--socket", "/a", "--sokcet", "/b")]
    [InlineData("--files must be a whole number from 1 to 9, not '-3'", "--socket", "/a", "--files", "-3")]
    [InlineData("--files must be a whole number from 1 to 9, not '10'", "--socket", "/a", "--files", "10")]
    [InlineData("--cpus must be a number above 0, not '0'", "--socket", "/a", "--cpus", "0")]
    [InlineData("--launch needs a command: --launch -- COMMAND ARGS…", "--socket", "/a", "--launch", "--")]
    [InlineData("a command after '--' needs --launch before it", "--socket", "/a", "--", "bwrap")]
    public void Mistakes_are_named(string message, params string[] args) =>
        Should
            .Throw<UsageException>(() =>
            {
                var arguments = new Arguments(args, "--launch");
                arguments.Required("--socket");
                arguments.Number("--files", 1, 9);
                arguments.Decimal("--cpus");
                arguments.Command("--launch");
                arguments.Finish();
            })
            .Message.ShouldBe(message);
}
