using FsCheck.Xunit;
using SandboxOperator.Gateway.Console.Text;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class MarkdownTextTests
{
    [Theory]
    [InlineData("The **South** grew.", "The [strong:South] grew.")]
    [InlineData("Use `area` or `", "Use [mono:area] or `")]
    [InlineData("2 ** 3 and\n4 ** 5", "2 ** 3 and\n4 ** 5")]
    [InlineData("a\n```python\nprint(1)\n```\nb", "a\n[fence:print(1)]\nb")]
    [InlineData("```never closed\nx", "```never closed\nx")]
    [InlineData("See [the file](sandbox:/mnt/data/a.csv).", "See [strong:the file].")]
    [InlineData("[x](https://evil.example)", "[x](https://evil.example)")]
    [InlineData("[x](javascript:alert(1))", "[x](javascript:alert(1))")]
    [InlineData("**<b>**", "[strong:<b>]")]
    public void The_little_that_models_use_is_read(string text, string expected) =>
        string.Concat(
                MarkdownText.Spans(text).Select(span => span.Class is null ? span.Text : $"[{span.Class}:{span.Text}]")
            )
            .ShouldBe(expected);

    [Property]
    public bool Anything_can_be_read(string?[] pieces) =>
        MarkdownText
            .Spans(string.Join("**`[", pieces))
            .All(span => span.Class is null or "strong" or "mono" or "fence");
}
