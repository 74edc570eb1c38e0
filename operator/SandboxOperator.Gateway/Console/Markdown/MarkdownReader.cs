using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using SandboxOperator.Gateway.Console.Text;

namespace SandboxOperator.Gateway.Console.Markdown;

/// <summary>
/// Reads Markdown that somebody else wrote. What is too large to be a message that people read is not read at all, so
/// that neither reading nor showing it takes more than a page may.
/// </summary>
internal static class MarkdownReader
{
    private const int MaxChars = 64 * 1024;
    private const int MaxNodes = 10_000;
    private const int MaxDepth = 48;

    /// <summary>The time that pairing marks takes grows with the square of their number.</summary>
    private const int MaxMarks = 4_000;

    /// <summary>Below the page's title and that of the message.</summary>
    private const int FirstHeading = 3;
    private const int LastHeading = 6;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder { MaximumNestingDepth = MaxDepth }
        .UsePipeTables()
        .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
        .DisableHtml()
        .Build();

    /// <summary>The text as a tree, with headings that fit below those of a page; null when it is to be shown as it is.</summary>
    public static MarkdownDocument? Read(string text)
    {
        text = HiddenCharacters.Show(text);
        if (text.Length > MaxChars || Marks(text) > MaxMarks || Cells(text) > MaxNodes)
        {
            return null;
        }

        MarkdownDocument document;
        try
        {
            document = Markdig.Markdown.Parse(text, Pipeline);
        }
        catch (ArgumentException)
        {
            // What Markdig throws at nesting deeper than its limits.
            return null;
        }

        var nodes = MaxNodes;
        // Who reads has to see every word; emphasis across the cells of a table, for one, takes some away.
        if (!Fits(document, MaxDepth, ref nodes) || MarkdownLetters.Of(document) < MarkdownLetters.Of(text))
        {
            return null;
        }

        PlaceHeadings(document);
        return document;
    }

    /// <summary>What may begin or end emphasis, a link or a quote; the same mark of emphasis several times in a row is one.</summary>
    private static int Marks(string text)
    {
        var marks = 0;
        var before = '\0';
        foreach (var character in text)
        {
            marks += character is '[' or '>' || (character is '*' or '_' or '~' && character != before) ? 1 : 0;
            before = character;
        }

        return marks;
    }

    /// <summary>
    /// No less than the cells that the tables of a text may have. Each row gets as many as the longest, so that a few
    /// characters make many.
    /// </summary>
    private static long Cells(string text)
    {
        long cells = 0;
        long rows = 0;
        long columns = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.IsWhiteSpace())
            {
                cells += rows * columns;
                rows = columns = 0;
                continue;
            }

            rows++;
            columns = Math.Max(columns, line.Count('|'));
        }

        return cells + (rows * columns);
    }

    private static bool Fits(IMarkdownObject node, int depth, ref int nodes)
    {
        if (depth == 0 || --nodes < 0)
        {
            return false;
        }

        IEnumerable<IMarkdownObject> children = node switch
        {
            ContainerBlock container => container,
            LeafBlock { Inline: { } inline } => inline,
            ContainerInline container => container,
            _ => [],
        };
        foreach (var child in children)
        {
            if (!Fits(child, depth - 1, ref nodes))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whatever level an author begins with, the order of the page's headings has no gap there.</summary>
    private static void PlaceHeadings(MarkdownDocument document)
    {
        var headings = document.Descendants<HeadingBlock>().ToList();
        var first = headings.Select(heading => heading.Level).DefaultIfEmpty().Min();
        foreach (var heading in headings)
        {
            heading.Level = Math.Min(heading.Level - first + FirstHeading, LastHeading);
        }
    }
}
