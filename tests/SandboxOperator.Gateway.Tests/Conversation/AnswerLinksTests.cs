using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SandboxOperator.Gateway.Conversation;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Conversation;

public sealed class AnswerLinksTests
{
    private static readonly string[] Words =
    [
        "sandbox:/mnt/data/",
        "sandbox:/mnt/data/out.csv",
        "sandbox:/mnt/",
        "sand",
        "[x](",
        ")",
        "(",
        " ",
        "\n",
        "🎉",
        "é",
        "`",
        "\"",
        "<",
        ">",
        "a%20b.txt",
        ".",
        "..",
        "/",
        "報告",
        "。",
        "title",
    ];

    [Fact]
    public void A_text_of_nothing_but_beginnings_of_links_is_split_in_one_go()
    {
        var text = string.Concat(Enumerable.Repeat("sandbox:/mnt/data/", 200_000));
        var splitter = new AnswerLinkSplitter();
        string.Concat(splitter.Push(text).Concat(splitter.Finish()).Select(piece => piece.Text)).ShouldBe(text);
    }

    [Theory]
    [InlineData("See [it](sandbox:/mnt/data/out.csv).", "out.csv")]
    [InlineData("See sandbox:/mnt/data/out.csv.", "out.csv")]
    [InlineData("See sandbox:/mnt/data/out.csv, and", "out.csv")]
    [InlineData("(sandbox:/mnt/data/out.csv)", "out.csv")]
    [InlineData("**sandbox:/mnt/data/out.csv**", "out.csv")]
    [InlineData("`sandbox:/mnt/data/my file.csv`", "my file.csv")]
    [InlineData("<sandbox:/mnt/data/my file.csv>", "my file.csv")]
    [InlineData("<a href=\"sandbox:/mnt/data/it's.csv\">", "it's.csv")]
    [InlineData("[a](sandbox:/mnt/data/my file (1).csv)", "my file (1).csv")]
    [InlineData("[a](<sandbox:/mnt/data/a b.csv>)", "a b.csv")]
    [InlineData("[a](sandbox:/mnt/data/a.csv \"The title\")", "a.csv")]
    [InlineData("sandbox:/mnt/data/a(1).csv", "a(1).csv")]
    [InlineData("sandbox:/mnt/data/caf%C3%A9%20x.csv", "café x.csv")]
    [InlineData("sandbox:/mnt/data/100%.csv", "100%.csv")]
    [InlineData("sandbox:/mnt/data/報告.xlsx。次", "報告.xlsx")]
    [InlineData("sandbox:/mnt/data/sub/dir/a.png", "sub/dir/a.png")]
    [InlineData("sandbox:/mnt/data/a.tar.gz", "a.tar.gz")]
    public void A_link_is_found(string text, string path) =>
        AnswerLinks.Find(text).ShouldHaveSingleItem().Path.ShouldBe(path);

    [Theory]
    [InlineData("nothing here")]
    [InlineData("sandbox:/mnt/data/")]
    [InlineData("sandbox:/mnt/data/.")]
    [InlineData("sandbox:/mnt/data/../etc/passwd")]
    [InlineData("sandbox:/mnt/data/%2e%2e/etc/passwd")]
    [InlineData("sandbox:/mnt/data//x")]
    [InlineData("sandbox:/mnt/data/a%00b")]
    [InlineData("sandbox:/mnt/datax/a")]
    [InlineData("http://mnt/data/a")]
    public void What_names_no_file_is_no_link(string text) => AnswerLinks.Find(text).ShouldBeEmpty();

    [Fact]
    public void A_link_is_found_twice_when_it_is_there_twice()
    {
        var links = AnswerLinks.Find("[a](sandbox:/mnt/data/a.csv) or [a](sandbox:/mnt/data/a.csv)");
        links.Select(link => link.Path).ShouldBe(["a.csv", "a.csv"]);
        links[1].Start.ShouldBeGreaterThan(links[0].End);
    }

    [Property(MaxTest = 1000)]
    public Property Pieces_join_to_the_text_and_links_stand_where_they_say(NonNull<byte[]> words, NonNull<int[]> sizes)
    {
        var text = string.Concat(words.Get.Select(word => Words[word % Words.Length]));
        var whole = AnswerLinks.Find(text);
        var splitter = new AnswerLinkSplitter();
        var pieces = Chunks.Of(text, sizes.Get).SelectMany(chunk => splitter.Push(chunk)).ToList();
        pieces.AddRange(splitter.Finish());

        var joined = string.Concat(pieces.Select(piece => piece.Text));
        var links = pieces.Select(piece => piece.Link).OfType<AnswerLink>().ToList();
        var runes = text.EnumerateRunes().ToArray();
        return (joined == text)
            .Label("joined")
            .And(links.SequenceEqual(whole).Label("links"))
            .And(
                links
                    .All(link =>
                        string.Concat(runes[link.Start..link.End].Select(rune => rune.ToString())) == link.Text
                    )
                    .Label("indexes")
            )
            .And(pieces.All(piece => piece.Link is null || piece.Link.Text == piece.Text).Label("whole pieces"))
            .Label(text);
    }

    [Fact]
    public void Text_is_held_back_only_while_it_may_become_a_link()
    {
        var splitter = new AnswerLinkSplitter();
        Text(splitter.Push("Hello sand")).ShouldBe("Hello ");
        Text(splitter.Push("wich")).ShouldBe("sandwich");
        Text(splitter.Push(" sandbox:/mnt/data/a.c")).ShouldBe(" ");
        splitter.Push("sv ").Select(piece => piece.Text).ShouldBe(["sandbox:/mnt/data/a.csv", " "]);
        Text(splitter.Push("sandbox:/mnt/data/" + new string('x', 3000))).Length.ShouldBeGreaterThan(1000);
    }

    private static string Text(IEnumerable<AnswerPiece> pieces) => string.Concat(pieces.Select(piece => piece.Text));
}
