using FsCheck.Xunit;
using SandboxOperator.Gateway.Console.Text;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class PythonHighlighterTests
{
    [Theory]
    [InlineData("import os", "[k:import] os")]
    [InlineData("def f(x): return len(x)", "[k:def] [n:f](x): [k:return] [b:len](x)")]
    [InlineData("x = 'a\\'b' # c", "x = [s:'a\\'b'] [c:# c]")]
    [InlineData("f\"{x}\" + rb'\\'", "[s:f\"{x}\"] + [s:rb'\\']")]
    [InlineData("s = \"\"\"a\n\"b\" \"\"\"\ny", "s = [s:\"\"\"a\n\"b\" \"\"\"]\ny")]
    [InlineData("'open\nx = 1", "[s:'open]\nx = [m:1]")]
    [InlineData("\"\"\"open\nnext", "[s:\"\"\"open\nnext]")]
    [InlineData("1_000.5e-3 + 0x1F", "[m:1_000.5e-3] + [m:0x1F]")]
    [InlineData("@app.get\ndef g(): ...", "[d:@app.get]\n[k:def] [n:g](): ...")]
    [InlineData("a @ b", "a @ b")]
    [InlineData("x.print(y.list)", "x.print(y.list)")]
    [InlineData("classy = undefined", "classy = undefined")]
    [InlineData("a = \u202e1", "a = [h:⟨U+202E⟩][m:1]")]
    public void Words_have_their_colours(string code, string expected) =>
        string.Concat(
                PythonHighlighter
                    .Spans(code)
                    .Select(span => span.Class is null ? span.Text : $"[{span.Class}:{span.Text}]")
            )
            .ShouldBe(expected);

    [Property]
    public bool Nothing_is_lost(string?[] pieces)
    {
        var code = HiddenCharacters.Show(string.Join("\"'#@\\", pieces));
        return string.Concat(PythonHighlighter.Spans(code).Select(span => span.Text)) == code;
    }
}
