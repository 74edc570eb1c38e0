using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SandboxOperator.Gateway.Console.Markdown;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class MarkdownTests
{
    private const int LongestShown = 32 * 1024;

    private static readonly string[] Marks =
    [
        "\n",
        "\n\n",
        " ",
        "    ",
        "# ",
        "#### ",
        "- ",
        "  - ",
        "1. ",
        "> ",
        "* * *",
        "---\n",
        "===\n",
        "*",
        "**",
        "***",
        "_",
        "__",
        "~~",
        "`",
        "``",
        "\n```python\n",
        "\n~~~\n",
        "[",
        "](https://evil.example)",
        "](sandbox:/mnt/data/a)",
        "](javascript:alert(1) \"title\")",
        "![",
        "]",
        "\n[alpha]: https://evil.example 'title'\n",
        "[alpha]",
        "<b>",
        "</b>",
        "<script>",
        "<!--",
        "-->",
        "<https://evil.example>",
        "<style",
        "|",
        "\n| a | b |\n|:-:|--:|\n",
        "\\",
        "&#x202e;",
        "&lt;",
        "&amp;",
        "\u202e",
        "\0",
        "- [x] ",
        "\t",
        "\r\n",
        "\"",
        "'",
        "=\"",
        "\ud800",
    ]; // csharpier-ignore

    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["div"] = ["class", "tabindex", "role", "aria-label"],
        ["p"] = ["class"],
        ["pre"] = ["class", "tabindex", "role", "aria-label"],
        ["code"] = [],
        ["span"] = ["class"],
        ["ol"] = ["start"],
        ["th"] = ["scope", "class"],
        ["td"] = ["class"],
    };

    private static readonly HashSet<string> Bare =
    [
        .. (string[])["h3", "h4", "h5", "h6", "ul", "li", "blockquote", "hr", "br", "strong", "em", "del"],
        .. (string[])["table", "thead", "tbody", "tr"],
    ];

    private static readonly HashSet<string> Classes =
    [
        .. (string[])["prose", "prose markdown", "table-wrap", "quiet", "code", "center", "right"],
        .. (string[])["k", "n", "b", "s", "m", "c", "h", "d"],
    ];

    [Theory]
    [InlineData("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>")]
    [InlineData("one  \ntwo", "<p>one<br>two</p>")]
    [InlineData("The **South** _grew_, ~~not~~.", "<p>The <strong>South</strong> <em>grew</em>, <del>not</del>.</p>")]
    [InlineData("***both***", "<p><em><strong>both</strong></em></p>")]
    [InlineData("2 ** 3 and\n4 ** 5 ~ 6", "<p>2 ** 3 and<br>4 ** 5 ~ 6</p>")]
    [InlineData("Use `area < 2` or `", "<p>Use <code>area &lt; 2</code> or `</p>")]
    [InlineData("# A\n## B\n### C", "<h3>A</h3><h4>B</h4><h5>C</h5>")]
    [InlineData("### A\n###### B\n## C", "<h4>A</h4><h6>B</h6><h3>C</h3>")]
    [InlineData("A\n===", "<h3>A</h3>")]
    [InlineData("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>")]
    [InlineData("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>")]
    [InlineData("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>")]
    [InlineData("3. a", "<ol start=\"3\"><li>a</li></ol>")]
    [InlineData("- [x] a\n- [ ] b", "<ul><li>[x] a</li><li>[ ] b</li></ul>")]
    [InlineData("> a\n> > b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>")]
    [InlineData("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>")]
    [InlineData("```\na  <b>\n\nc\n```", "CODE<code>a  &lt;b&gt;\n\nc</code></pre>")]
    [InlineData("    a", "CODE<code>a</code></pre>")]
    [InlineData("```bash\nls", "<p class=\"quiet\">bash</p>CODE<code>ls</code></pre>")]
    [InlineData("```python\nimport x\n```", "PYTHON<code><span class=\"k\">import</span> x</code></pre>")]
    [InlineData("", "")]
    public void What_models_write_is_shown(string text, string expected) =>
        Inside(text)
            .ShouldBe(
                expected
                    .Replace("CODE", "<pre class=\"code\" tabindex=\"0\" role=\"group\" aria-label=\"Code\">")
                    .Replace("PYTHON", "<pre class=\"code\" tabindex=\"0\" role=\"group\" aria-label=\"Python\">")
            );

    [Fact]
    public void A_table_has_heads_and_aligned_cells_and_can_be_scrolled()
    {
        var table = Parse("| a | b | c |\n|---|:-:|--:|\n| 1 | **2** | 3 |\n| 4 |");

        var wrap = table.Element("div")!;
        wrap.Attribute("tabindex")!.Value.ShouldBe("0");
        wrap.Attribute("aria-label")!.Value.ShouldBe("Table");
        table
            .Descendants("thead")
            .Descendants("th")
            .Select(cell => $"{cell.Value}:{cell.Attribute("class")?.Value}:{cell.Attribute("scope")?.Value}")
            .ShouldBe(["a::col", "b:center:col", "c:right:col"]);
        table
            .Descendants("tbody")
            .Descendants("tr")
            .Select(row => string.Join('|', row.Elements("td").Select(cell => cell.Value)))
            .ShouldBe(["1|2|3", "4||"]);
        table.Descendants("td").Elements("strong").ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("[x](https://evil.example)", "[x](https://evil.example)")]
    [InlineData("[x](javascript:alert(1))", "[x](javascript:alert(1))")]
    [InlineData("[bank](<https://evil.example/a b> \"Your bank\")", "[bank](https://evil.example/a b \"Your bank\")")]
    [InlineData("![y](https://evil.example/pixel.png)", "![y](https://evil.example/pixel.png)")]
    [InlineData("<https://evil.example>", "<https://evil.example>")]
    [InlineData("https://evil.example", "https://evil.example")]
    [InlineData("<b>x</b> <img src=x>", "<b>x</b> <img src=x>")]
    [InlineData("<div onclick=x>\nhi\n</div>", "<div onclick=x>hi</div>")]
    [InlineData("<!-- unseen -->", "<!-- unseen -->")]
    [InlineData("[x][1]\n\n[1]: https://evil.example", "[x](https://evil.example)[1]: https://evil.example")]
    [InlineData("[//]: # (unseen)\n[//]: # (too)", "[//]: # \"unseen\"[//]: # \"too\"")]
    [InlineData("a&#x202e;b &lt;", "a⟨U+202E⟩b <")]
    [InlineData("a\u202eb `\u200b`", "a⟨U+202E⟩b ⟨U+200B⟩")]
    [InlineData("[a&#x202e;](xy)", "[a⟨U+202E⟩](xy)")]
    [InlineData("[a](x&#x202e;y)", "[a](x&#x202e;y)")]
    public void Links_pictures_and_HTML_are_text_and_nothing_is_hidden(string text, string expected)
    {
        var shown = Parse(text);

        shown.Value.ShouldBe(expected);
        shown.Descendants().Select(element => element.Name.LocalName).ShouldBeSubsetOf(["p", "br", "code"]);
    }

    [Theory]
    [InlineData(
        "See [the **file**](sandbox:/mnt/data/a.csv).",
        "<p>See <strong>the <strong>file</strong></strong>.</p>"
    )]
    [InlineData("![chart](sandbox:/mnt/data/a.png)", "<p><strong>chart</strong></p>")]
    [InlineData("[](sandbox:/mnt/data/a.png)", "<p>[](sandbox:/mnt/data/a.png)</p>")]
    public void Files_of_the_sandbox_are_named(string text, string expected) => Inside(text).ShouldBe(expected);

    [Theory]
    [InlineData(">", 0)]
    [InlineData("- ", 0)]
    [InlineData("[", 0)]
    [InlineData("![](", 0)]
    [InlineData("**a ", 0)]
    [InlineData("*a _b ", 0)]
    [InlineData("`a``", 0)]
    [InlineData("<a ", 0)]
    [InlineData("&#x41", 0)]
    [InlineData("[a]: b\n", 0)]
    [InlineData("[a](sandbox:x)", 0)]
    [InlineData("|", 4)]
    [InlineData("| ", 40)]
    [InlineData("|\n", 4000)]
    [InlineData("*a*|", 1)]
    [InlineData("~~a~~*b*\n", 0)]
    [InlineData("# \n", 0)]
    [InlineData("```\n", 0)]
    public void Text_that_is_meant_to_be_dear_is_shown_in_some_way(string piece, int header)
    {
        var head = header == 0 ? "" : Times("|a", header) + "\n" + Times("|-", header) + "\n";
        var text = (head + Times(piece, LongestShown))[..LongestShown];

        ShouldBeHarmless(Parse(text));
        ShouldBeHarmless(Parse(Nested(text)));
    }

    [Fact]
    public void Nesting_that_nobody_reads_is_shown_as_it_is()
    {
        foreach (var text in (string[])[Times("> ", 200) + "a", Times("*a **b ", 100) + Times("c** d*", 100)])
        {
            var shown = Parse(text);
            shown.Attribute("class")!.Value.ShouldBe("prose");
            shown.Value.ShouldBe(text);
        }
    }

    [Fact]
    public void A_table_that_a_few_characters_blow_up_is_shown_as_it_is()
    {
        var text = $"{Times("|a", 400)}\n{Times("|-", 400)}\n{Times("|\n", 400)}";

        Parse(text).Attribute("class")!.Value.ShouldBe("prose");
        Parse($"{Times("|a", 20)}|\n{Times("|-", 20)}|\n{Times("|1|\n", 200)}")
            .Descendants("td")
            .Count()
            .ShouldBe(4000);
    }

    [Fact]
    public void What_is_too_long_to_be_read_is_shown_as_it_is()
    {
        var text = Times("**a** ", 20_000);

        Parse(text).Value.ShouldBe(text);
    }

    [Property(MaxTest = 1000)]
    public Property Whatever_is_written_becomes_harmless_elements() =>
        Prop.ForAll(
            Written(Gen.OneOf(Gen.Elements(Marks), ArbMap.Default.GeneratorFor<string?>().Select(text => text ?? ""))),
            text => ShouldBeHarmless(Parse(text))
        );

    [Property(MaxTest = 3000)]
    public Property No_word_vanishes()
    {
        // A file is shown by the words of its link.
        var marks = Marks.Where(mark => !mark.Contains("sandbox:"));
        return Prop.ForAll(
            Written(Gen.Elements(marks.Append("word").Append("word"))),
            text => Count(Parse(text).Value).ShouldBeGreaterThanOrEqualTo(Count(text), text)
        );
    }

    private static Arbitrary<string> Written(Gen<string> piece) =>
        piece.ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary();

    private static int Count(string text) => text.Split("word").Length - 1;

    private static string Times(string piece, int count) => string.Concat(Enumerable.Repeat(piece, count));

    /// <summary>The text in many containers, of blocks and of words.</summary>
    private static string Nested(string text) => $"> - > **_{text[..^40]}_**";

    private static void ShouldBeHarmless(XElement shown)
    {
        foreach (var element in shown.DescendantsAndSelf())
        {
            var name = element.Name.LocalName;
            var attributes = element.Attributes().Select(attribute => attribute.Name.LocalName);
            if (Allowed.TryGetValue(name, out var allowed))
            {
                attributes.ShouldBeSubsetOf(allowed);
            }
            else
            {
                Bare.ShouldContain(name);
                attributes.ShouldBeEmpty();
            }

            if (element.Attribute("class") is { } classes)
            {
                Classes.ShouldContain(classes.Value);
            }
        }

        shown.Value.ShouldNotContain("\u202e");
    }

    private static string Inside(string text)
    {
        var html = Html(text);
        html.ShouldStartWith("<div class=\"prose markdown\">");
        html.ShouldEndWith("</div>");
        return html["<div class=\"prose markdown\">".Length..^"</div>".Length].Replace("&#xA;", "\n");
    }

    private static XElement Parse(string text)
    {
        using var reader = System.Xml.XmlReader.Create(
            new StringReader(Html(text).Replace("<br>", "<br/>").Replace("<hr>", "<hr/>")),
            new System.Xml.XmlReaderSettings { CheckCharacters = false }
        );
        return XElement.Load(reader, LoadOptions.PreserveWhitespace);
    }

    private static string Html(string text)
    {
        using var services = new ServiceCollection().BuildServiceProvider();
        using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return renderer
            .Dispatcher.InvokeAsync(async () =>
                (
                    await renderer.RenderComponentAsync<MarkdownText>(
                        ParameterView.FromDictionary(
                            new Dictionary<string, object?>(StringComparer.Ordinal) { ["Text"] = text }
                        )
                    )
                )
                    .ToHtmlString()
                    .Trim()
            )
            .GetAwaiter()
            .GetResult();
    }
}
