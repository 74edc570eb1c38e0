using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SandboxOperator.Gateway.Console.Markdown;

/// <summary>Counts letters, to see whether a tree still has all words of its text: marks of Markdown have none.</summary>
internal static class MarkdownLetters
{
    public static int Of(MarkdownDocument document) => document.Descendants().Sum(Own);

    public static int Of(string? text)
    {
        var letters = 0;
        foreach (var character in text ?? "")
        {
            letters += char.IsLetter(character) ? 1 : 0;
        }

        return letters;
    }

    /// <summary>Letters of a node without those of the nodes in it.</summary>
    private static int Own(MarkdownObject node) =>
        node switch
        {
            LiteralInline literal => Of(literal.Content.ToString()),
            HtmlEntityInline entity => Of(entity.Original.ToString()),
            CodeInline code => Of(code.Content),
            AutolinkInline link => Of(link.Url),
            LinkInline { Reference: null } link => Of(link.Url) + Of(link.Title),
            LinkInline { IsShortcut: false } link => Of(link.Label),
            FencedCodeBlock code => Of(code.Info) + Of(code.Arguments) + Of(code.Lines.ToString()),
            CodeBlock code => Of(code.Lines.ToString()),
            LinkReferenceDefinition link => Of(link.Label) + Of(link.Url) + Of(link.Title),
            _ => 0,
        };
}
