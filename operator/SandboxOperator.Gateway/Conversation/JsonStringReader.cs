using System.Globalization;
using System.Text;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>
/// Decodes the inside of a JSON string that comes in pieces, which may end within an escape or between the halves of
/// a pair of surrogates. Forgiving: raw line ends and unknown escapes stand for themselves.
/// </summary>
internal sealed class JsonStringReader
{
    private readonly StringBuilder _escape = new();
    private char? _highSurrogate;

    /// <summary>True while the first half of a pair waits for the second.</summary>
    public bool HasHalf => _highSurrogate is not null;

    /// <summary>The text that is complete by now.</summary>
    /// <param name="piece">The next piece, the opening quote not included.</param>
    /// <param name="ended">True when the piece holds the closing quote; what follows it is ignored.</param>
    public string Read(string piece, out bool ended)
    {
        var text = new StringBuilder();
        ended = false;
        foreach (var c in piece)
        {
            if (_escape.Length > 0)
            {
                ReadEscape(c, text);
            }
            else if (c == '\\')
            {
                _escape.Append(c);
            }
            else if (c == '"')
            {
                ended = true;
                text.Append(TakeHighSurrogate());
                break;
            }
            else
            {
                Add(c, text);
            }
        }
        return text.ToString();
    }

    /// <summary>What is left when the string was cut: an unfinished escape is dropped.</summary>
    public string Finish() => TakeHighSurrogate();

    private void ReadEscape(char c, StringBuilder text)
    {
        _escape.Append(c);
        if (_escape[1] != 'u')
        {
            _escape.Clear();
            switch (c)
            {
                case '"' or '\\' or '/':
                    Add(c, text);
                    break;
                case 'b':
                    Add('\b', text);
                    break;
                case 'f':
                    Add('\f', text);
                    break;
                case 'n':
                    Add('\n', text);
                    break;
                case 'r':
                    Add('\r', text);
                    break;
                case 't':
                    Add('\t', text);
                    break;
                default:
                    Add('\\', text);
                    Add(c, text);
                    break;
            }
            return;
        }
        if (_escape.Length > 2 && !char.IsAsciiHexDigit(c))
        {
            foreach (var literal in _escape.ToString())
            {
                Add(literal, text);
            }
            _escape.Clear();
        }
        else if (_escape.Length == 6)
        {
            var unit = (char)ushort.Parse(_escape.ToString(2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            _escape.Clear();
            Add(unit, text);
        }
    }

    private void Add(char c, StringBuilder text)
    {
        if (char.IsLowSurrogate(c))
        {
            text.Append(_highSurrogate ?? '\uFFFD');
            if (_highSurrogate is not null)
            {
                text.Append(c);
            }
            _highSurrogate = null;
            return;
        }
        text.Append(TakeHighSurrogate());
        if (char.IsHighSurrogate(c))
        {
            _highSurrogate = c;
        }
        else
        {
            text.Append(c);
        }
    }

    /// <summary>A half that stayed alone is no character.</summary>
    private string TakeHighSurrogate()
    {
        var taken = _highSurrogate is null ? "" : "\uFFFD";
        _highSurrogate = null;
        return taken;
    }
}
