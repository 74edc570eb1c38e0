namespace SandboxOperator.Gateway.Conversation;

/// <summary>
/// Splits a streamed answer into plain pieces and links, so that a link is never cut between two deltas. The pieces
/// joined are the text, and do not depend on how the text was cut when it came.
/// </summary>
internal sealed class AnswerLinkSplitter
{
    private string _held = "";

    /// <summary>The last two characters before <see cref="_held"/>.</summary>
    private string _before = "";
    private int _codePoints;

    /// <summary>Takes the next piece of text; gives what is certain by now.</summary>
    public IEnumerable<AnswerPiece> Push(string delta)
    {
        _held += delta;
        return Take(isEnd: false);
    }

    /// <summary>Gives the rest.</summary>
    public IEnumerable<AnswerPiece> Finish() => Take(isEnd: true);

    /// <remarks>Each character is looked at a bounded number of times, however many links the text seems to have.</remarks>
    private List<AnswerPiece> Take(bool isEnd)
    {
        var pieces = new List<AnswerPiece>();
        var (start, at) = (0, 0);
        while (at < _held.Length)
        {
            var marker = _held.IndexOf(LinkSyntax.Marker, at, StringComparison.Ordinal);
            if (marker < 0)
            {
                at = _held.Length - (isEnd ? 0 : HeldBack(_held.AsSpan(at)));
                break;
            }
            at = marker;
            var window = _held.Substring(at, Math.Min(_held.Length - at, LinkSyntax.MaxChars + 1));
            var length = LinkSyntax.Measure(Before(at), window, isEnd);
            if (length is null)
            {
                break;
            }
            var text = window[..length.Value];
            if (SandboxPaths.TryParse(text[LinkSyntax.Marker.Length..], out var path, out var literal))
            {
                AddPlain(pieces, start, at);
                var first = _codePoints;
                _codePoints += CodePoints(text);
                pieces.Add(new AnswerPiece(text, new AnswerLink(text, path, literal, first, _codePoints)));
                at += text.Length;
                start = at;
            }
            else
            {
                at += LinkSyntax.Marker.Length;
            }
        }
        AddPlain(pieces, start, at);
        _before = Before(at);
        _held = _held[at..];
        return pieces;
    }

    private void AddPlain(List<AnswerPiece> pieces, int start, int end)
    {
        if (end > start)
        {
            var text = _held[start..end];
            _codePoints += CodePoints(text);
            pieces.Add(new AnswerPiece(text, null));
        }
    }

    /// <summary>The two characters before an index of <see cref="_held"/>.</summary>
    private string Before(int at)
    {
        var near = at >= 2 ? _held[(at - 2)..at] : _before + _held[..at];
        return near.Length <= 2 ? near : near[^2..];
    }

    private static int CodePoints(string text)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
            {
                i++;
            }
            count++;
        }
        return count;
    }

    /// <summary>How many characters at the end may become a link, or are half of a character.</summary>
    private static int HeldBack(ReadOnlySpan<char> text)
    {
        for (var length = Math.Min(LinkSyntax.Marker.Length - 1, text.Length); length > 0; length--)
        {
            if (text.EndsWith(LinkSyntax.Marker.AsSpan(0, length), StringComparison.Ordinal))
            {
                return length;
            }
        }
        return char.IsHighSurrogate(text[^1]) ? 1 : 0;
    }
}
