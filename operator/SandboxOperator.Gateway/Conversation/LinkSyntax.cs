namespace SandboxOperator.Gateway.Conversation;

/// <summary>Where a link that starts with <see cref="Marker"/> ends.</summary>
internal static class LinkSyntax
{
    /// <summary>How a link starts.</summary>
    public const string Marker = "sandbox:/mnt/data/";

    /// <summary>Longer ones are no links; also bounds what is held back of a stream.</summary>
    public const int MaxChars = 1200;

    private const string TrailingPunctuation = ".,;:!?*_~…";
    private const string BareEnds = "<>\"'`|[]{}\\。，、；：！？）（」』】》“”‘’";

    /// <summary>
    /// The length of the link that <paramref name="text"/> starts with; null when more text is needed to tell.
    /// </summary>
    /// <param name="before">The two characters before it: they say what encloses the link.</param>
    /// <param name="text">The text from the marker on.</param>
    /// <param name="isEnd">True when no more text follows.</param>
    public static int? Measure(string before, string text, bool isEnd)
    {
        var window = text.Length > MaxChars ? text[..MaxChars] : text;
        var ended = isEnd || text.Length > MaxChars;
        if (before.EndsWith("](", StringComparison.Ordinal))
        {
            return Parenthesized(window, ended);
        }
        if (before.Length > 0 && Closing(before[^1]) is { } closing)
        {
            return Enclosed(window, closing, ended);
        }
        return Bare(window, ended);
    }

    /// <summary>A Markdown link's target: to the parenthesis that closes it; spaces are allowed, a title is not part.</summary>
    private static int? Parenthesized(string text, bool ended)
    {
        var depth = 0;
        for (var i = Marker.Length; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '(':
                    depth++;
                    break;
                case ')' when depth == 0:
                    return WithoutTitle(text[..i]);
                case ')':
                    depth--;
                    break;
                case '\n':
                    return Bare(text, ended);
            }
        }
        return ended ? Bare(text, ended) : null;
    }

    private static int WithoutTitle(string target)
    {
        foreach (var quote in "\"'")
        {
            var title = target.IndexOf($" {quote}", StringComparison.Ordinal);
            if (title > 0 && target.TrimEnd().EndsWith(quote))
            {
                target = target[..title];
            }
        }
        return target.TrimEnd().Length;
    }

    private static int? Enclosed(string text, char closing, bool ended)
    {
        for (var i = Marker.Length; i < text.Length; i++)
        {
            if (text[i] == closing)
            {
                return i;
            }
            if (text[i] == '\n')
            {
                return Bare(text, ended);
            }
        }
        return ended ? Bare(text, ended) : null;
    }

    /// <summary>A link in running text: to the next space or bracket, without punctuation at its end.</summary>
    private static int? Bare(string text, bool ended)
    {
        var depth = 0;
        var end = Marker.Length;
        for (; end < text.Length; end++)
        {
            var c = text[end];
            if (char.IsWhiteSpace(c) || char.IsControl(c) || BareEnds.Contains(c, StringComparison.Ordinal))
            {
                break;
            }
            if (c == '(')
            {
                depth++;
            }
            else if (c == ')' && --depth < 0)
            {
                break;
            }
        }
        if (end == text.Length && !ended)
        {
            return null;
        }
        while (end > Marker.Length && TrailingPunctuation.Contains(text[end - 1], StringComparison.Ordinal))
        {
            end--;
        }
        return end;
    }

    private static char? Closing(char opening) =>
        opening switch
        {
            '<' => '>',
            '"' => '"',
            '\'' => '\'',
            '`' => '`',
            _ => null,
        };
}
