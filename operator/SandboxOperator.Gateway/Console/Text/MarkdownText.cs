namespace SandboxOperator.Gateway.Console.Text;

/// <summary>
/// Reads the little of Markdown that models use most: bold, code, and links to files of the sandbox, which are offered
/// beside the text. Everything else, links to elsewhere above all, stays the text it is.
/// </summary>
public static class MarkdownText
{
    private const string Fence = "```";
    private const string FileLink = "](sandbox:";

    /// <summary>What is further away does not belong together; it bounds the time that a text takes.</summary>
    private const int MaxChars = 1000;

    /// <summary>The text as spans.</summary>
    public static IReadOnlyList<Span> Spans(string text)
    {
        var spans = new List<Span>();
        var plain = 0;
        for (var index = 0; index < text.Length; )
        {
            if (Next(text, index) is not { } found)
            {
                index++;
                continue;
            }

            if (index > plain)
            {
                spans.Add(new Span(text[plain..index], null));
            }

            spans.Add(found.Span);
            plain = index = found.End;
        }

        if (plain < text.Length)
        {
            spans.Add(new Span(text[plain..], null));
        }

        return spans;
    }

    private static (Span Span, int End)? Next(string text, int start) =>
        text[start] switch
        {
            '`' when StartsWith(text, start, Fence) => Block(text, start),
            '`' => Inline(text, start, "`", "mono"),
            '*' when StartsWith(text, start, "**") => Inline(text, start, "**", "strong"),
            '[' => Link(text, start),
            _ => null,
        };

    /// <summary>A block of code, without its fences and the name of its language. Blocks may be long.</summary>
    private static (Span, int)? Block(string text, int start)
    {
        var line = text.IndexOf('\n', start, Math.Min(MaxChars, text.Length - start));
        if (line < 0)
        {
            return null;
        }

        var end = text.IndexOf(Fence, line, Math.Min(50 * MaxChars, text.Length - line), StringComparison.Ordinal);
        return end < 0 ? null : (new Span(text[(line + 1)..end].TrimEnd('\n'), "fence"), end + Fence.Length);
    }

    private static (Span, int)? Inline(string text, int start, string mark, string style)
    {
        var from = start + mark.Length;
        var rest = text.AsSpan(from, Math.Min(MaxChars, text.Length - from));
        var length = rest.IndexOf(mark, StringComparison.Ordinal);
        return length <= 0 || rest[..length].Contains('\n')
            ? null
            : (new Span(rest[..length].ToString(), style), from + length + mark.Length);
    }

    private static (Span, int)? Link(string text, int start)
    {
        var rest = text.AsSpan(start, Math.Min(MaxChars, text.Length - start));
        var middle = rest.IndexOf(']');
        if (middle <= 1 || !rest[middle..].StartsWith(FileLink, StringComparison.Ordinal))
        {
            return null;
        }

        var end = rest[middle..].IndexOf(')');
        return end < 0 ? null : (new Span(rest[1..middle].ToString(), "strong"), start + middle + end + 1);
    }

    private static bool StartsWith(string text, int index, string mark) =>
        string.CompareOrdinal(text, index, mark, 0, mark.Length) == 0;
}
