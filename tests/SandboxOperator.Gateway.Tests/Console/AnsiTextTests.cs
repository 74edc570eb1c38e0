using FsCheck.Xunit;
using SandboxOperator.Gateway.Console.Text;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class AnsiTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\u001b[31mred\u001b[0m", "[fg1:red]")]
    [InlineData("\u001b[1;92;40mall\u001b[m.", "[fg10 bg0 ab:all].")]
    [InlineData("\u001b[2m\u001b[3m\u001b[4mx\u001b[22;23;24my", "[af ai au:x]y")]
    [InlineData("\u001b[38;5;196mred\u001b[39m", "[fg1:red]")]
    [InlineData("\u001b[38;2;80;250;90mgreen", "[fg10:green]")]
    [InlineData("\u001b[48;5;4mblue\u001b[49m!", "[bg4:blue]!")]
    [InlineData("\u001b[38;5mx", "x")]
    [InlineData("\u001b[2J\u001b[H\u001b[?25lx", "x")]
    [InlineData("\u001b]0;title\u0007x\u001b]8;;https://evil.example\u001b\\y", "xy")]
    [InlineData("\u001b]0;never ended\nnext", "\nnext")]
    [InlineData("\u001b[", "")]
    [InlineData("\u001b", "")]
    [InlineData("\u001b[31;\"><b>", ">")]
    [InlineData(" 10%\r 20%\r100%\nnext", "100%\nnext")]
    [InlineData("long line\rshort", "shortline")]
    [InlineData("a\r\nb", "a\nb")]
    [InlineData("ab\b\bxy", "xy")]
    [InlineData("a\u0000b", "a⟨U+0000⟩b")]
    [InlineData("\u202egnp", "⟨U+202E⟩gnp")]
    public void Text_is_shown_as_a_terminal_shows_it(string text, string expected) =>
        string.Concat(
                AnsiText.Parse(text).Select(span => span.Class is null ? span.Text : $"[{span.Class}:{span.Text}]")
            )
            .ShouldBe(expected);

    [Property]
    public bool Anything_can_be_read_and_classes_are_ours(string?[] pieces)
    {
        var text = string.Join("\u001b[", pieces);
        return AnsiText
            .Parse(text)
            .All(span =>
                span.Text.Length > 0
                && (span.Class is null || span.Class.All(c => char.IsAsciiLetterOrDigit(c) || c == ' '))
            );
    }

    [Fact]
    public void Numbers_without_end_and_many_of_them_do_no_harm()
    {
        var text =
            "\u001b[" + new string('9', 100_000) + "m\u001b[" + string.Concat(Enumerable.Repeat("1;", 100_000)) + "mx";
        AnsiText.Parse(text).ShouldBe([new Span("x", "ab")]);
    }
}
