using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SandboxOperator.Gateway.Conversation;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Conversation;

public sealed class PythonArgumentsDecoderTests
{
    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Property(MaxTest = 500)]
    public Property Any_code_in_any_escaping_in_any_pieces_is_decoded(
        NonNull<string> text,
        byte style,
        NonNull<int[]> sizes
    )
    {
        var code = Legal(text.Get) + (style % 3 == 0 ? " 🎉\\ \"\n\t\u0001é" : "");
        var arguments = Escape(code, style % 5);
        return (Stream(arguments, sizes.Get) == code).Label(arguments);
    }

    [Property(MaxTest = 500)]
    public Property Any_text_gives_the_same_in_any_pieces(NonNull<string> text, byte shape, NonNull<int[]> sizes)
    {
        var inner = Legal(text.Get);
        var arguments = (shape % 6) switch
        {
            0 => inner,
            1 => "{" + inner,
            2 => "\"" + inner,
            3 => "{\"code\": \"" + inner,
            4 => "{\"a\": [1, {\"code\": \"x\"}], \"code\": \"" + inner + "\"",
            _ => "{\"input\": " + JsonSerializer.Serialize(inner) + "}",
        };
        return (Stream(arguments, sizes.Get) == PythonArgumentsDecoder.Decode(arguments)).Label(arguments);
    }

    [Theory]
    [InlineData("print(1)", "print(1)")]
    [InlineData("import pandas as pd\nx = {\"code\": 1}", "import pandas as pd\nx = {\"code\": 1}")]
    [InlineData("{1, 2}", "{1, 2}")]
    [InlineData("{'a': 1}", "{'a': 1}")]
    [InlineData("\"\"\"doc\"\"\"\nprint(1)", "\"\"\"doc\"\"\"\nprint(1)")]
    [InlineData("\"print(1)\"", "print(1)")]
    [InlineData("\"{\\\"code\\\": \\\"print(1)\\\"}\"", "print(1)")]
    [InlineData("{\"input\": \"print(1)\"}", "print(1)")]
    [InlineData("{\"language\": \"python\", \"code\": \"print(1)\"}", "print(1)")]
    [InlineData("{\"opts\": {\"code\": \"no\"}, \"code\": \"yes\"}", "yes")]
    [InlineData("{ \"code\" : \"a\nb\" }", "a\nb")]
    [InlineData("{\"code\": \"cut in the mid", "cut in the mid")]
    [InlineData("{\"code\": \"cut \\ud83c", "cut \uFFFD")]
    [InlineData("{\"code\": \"x\"}<|end|>", "x")]
    [InlineData("{\"code\": \"bad \\q escape\"}", "bad \\q escape")]
    [InlineData("{\"a\": \"x\", \"a\": \"y\"}", "{\"a\": \"x\", \"a\": \"y\"}")]
    [InlineData("{}", "")]
    [InlineData("", "")]
    public void What_models_send_is_understood(string arguments, string code)
    {
        PythonArgumentsDecoder.Decode(arguments).ShouldBe(code);
        Stream(arguments, [0]).ShouldBe(code);
    }

    [Fact]
    public void Code_is_given_out_as_it_comes()
    {
        var decoder = new PythonArgumentsDecoder();
        decoder.Push("{\"code\":").ShouldBe("");
        decoder.Push("\"pri").ShouldBe("pri");
        decoder.Push("nt(\\").ShouldBe("nt(");
        decoder.Push("\"a").ShouldBe("\"a");
        decoder.Push("\\ud83c").ShouldBe("");
        decoder.Push("\\udf89").ShouldBe("🎉");
        decoder.Push("\"}").ShouldBe("");
        decoder.Finish().ShouldBe("");

        var raw = new PythonArgumentsDecoder();
        raw.Push("pri").ShouldBe("pri");
        raw.Push("nt()").ShouldBe("nt()");
    }

    [Fact]
    public void Long_undecided_arguments_are_not_read_again_and_again()
    {
        var text = "\"" + new string('x', 400_000) + "\"";
        Stream(text, [0]).Length.ShouldBe(400_000);
    }

    private static string Stream(string arguments, int[] sizes)
    {
        var decoder = new PythonArgumentsDecoder();
        var code = new StringBuilder();
        foreach (var piece in Chunks.Of(arguments, sizes))
        {
            code.Append(decoder.Push(piece));
        }
        return code.Append(decoder.Finish()).ToString();
    }

    private static string Escape(string code, int style) =>
        style switch
        {
            0 => JsonSerializer.Serialize(new { code }),
            1 => JsonSerializer.Serialize(new { code }, Relaxed),
            2 => JsonSerializer.Serialize(new { code }, Indented),
            3 => JsonSerializer.Serialize(
                new
                {
                    x = 1,
                    y = "\"}",
                    code,
                }
            ),
            _ => "{\"code\":\""
                + string.Concat(code.Select(c => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture)))
                + "\"}",
        };

    /// <summary>JSON holds no halves of surrogate pairs.</summary>
    private static string Legal(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
