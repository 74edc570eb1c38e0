using System.Globalization;
using System.Text;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>A text of bounded size that keeps the head and the tail of what is appended.</summary>
internal sealed class CutText(int maxHead, int maxTail)
{
    private readonly StringBuilder _head = new();
    private readonly StringBuilder _tail = new();
    private long _omitted;

    public void Append(string text)
    {
        var room = maxHead - _head.Length;
        if (_tail.Length == 0 && _omitted == 0 && room > 0)
        {
            var taken = Math.Min(room, text.Length);
            if (taken < text.Length && char.IsHighSurrogate(text[taken - 1]))
            {
                taken--;
            }
            _head.Append(text, 0, taken);
            text = text[taken..];
        }
        if (text.Length == 0)
        {
            return;
        }
        _tail.Append(text);
        // Trimmed now and then, not at every append, so that many small appends stay cheap.
        if (_tail.Length > 2 * maxTail)
        {
            TrimTail();
        }
    }

    /// <summary>Ends the last line when it has not ended.</summary>
    public void EnsureLineStart()
    {
        var last = _tail.Length > 0 ? _tail : _head;
        if (last.Length > 0 && last[^1] != '\n')
        {
            Append("\n");
        }
    }

    public override string ToString()
    {
        TrimTail();
        return _omitted == 0
            ? $"{_head}{_tail}"
            : string.Create(CultureInfo.InvariantCulture, $"{_head}\n[… {_omitted} characters left out …]\n{_tail}");
    }

    private void TrimTail()
    {
        var excess = _tail.Length - maxTail;
        if (excess <= 0)
        {
            return;
        }
        if (char.IsLowSurrogate(_tail[excess]))
        {
            excess++;
        }
        _tail.Remove(0, excess);
        _omitted += excess;
    }
}
