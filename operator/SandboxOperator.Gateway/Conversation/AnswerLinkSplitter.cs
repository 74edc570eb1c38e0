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

    private List<AnswerPiece> Take(bool isEnd)
    {
        var pieces = new List<AnswerPiece>();
        while (_held.Length > 0)
        {
            var at = _held.IndexOf(LinkSyntax.Marker, StringComparison.Ordinal);
            if (at < 0)
            {
                AddPlain(pieces, _held.Length - (isEnd ? 0 : HeldBack(_held)));
                break;
            }
            AddPlain(pieces, at);
            var length = LinkSyntax.Measure(_before, _held, isEnd);
            if (length is null)
            {
                break;
            }
            var text = _held[..length.Value];
            if (SandboxPaths.TryParse(text[LinkSyntax.Marker.Length..], out var path, out var literal))
            {
                var start = _codePoints;
                Advance(text);
                pieces.Add(new AnswerPiece(text, new AnswerLink(text, path, literal, start, _codePoints)));
            }
            else
            {
                AddPlain(pieces, LinkSyntax.Marker.Length);
            }
        }
        return pieces;
    }

    private void AddPlain(List<AnswerPiece> pieces, int length)
    {
        if (length == 0)
        {
            return;
        }
        var text = _held[..length];
        Advance(text);
        // Neighbours are joined: how often the search stopped in between is of no interest.
        if (pieces.Count > 0 && pieces[^1].Link is null)
        {
            pieces[^1] = new AnswerPiece(pieces[^1].Text + text, null);
        }
        else
        {
            pieces.Add(new AnswerPiece(text, null));
        }
    }

    private void Advance(string text)
    {
        _held = _held[text.Length..];
        var joined = _before + text;
        _before = joined.Length <= 2 ? joined : joined[^2..];
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
            {
                i++;
            }
            _codePoints++;
        }
    }

    /// <summary>How many characters at the end may become a link, or are half of a character.</summary>
    private static int HeldBack(string text)
    {
        for (var length = Math.Min(LinkSyntax.Marker.Length - 1, text.Length); length > 0; length--)
        {
            if (text.EndsWith(LinkSyntax.Marker[..length], StringComparison.Ordinal))
            {
                return length;
            }
        }
        return char.IsHighSurrogate(text[^1]) ? 1 : 0;
    }
}
