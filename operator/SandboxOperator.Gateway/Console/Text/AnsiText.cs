using System.Text;

namespace SandboxOperator.Gateway.Console.Text;

/// <summary>
/// Reads what a program printed as a terminal would show it: colours become spans, a carriage return writes over its
/// line, everything else that controls a terminal has no effect. Takes time in proportion to the text, whatever it is.
/// </summary>
public static class AnsiText
{
    private const char Escape = '\u001b';
    private const int MaxNumbers = 16;
    private const int MaxNumber = 65_535;

    public static IReadOnlyList<Span> Parse(string text)
    {
        var output = new Output();
        var style = default(AnsiStyle);
        for (var index = 0; index < text.Length; index++)
        {
            var character = text[index];
            switch (character)
            {
                case Escape when index + 1 < text.Length && text[index + 1] == '[':
                    index = Control(text, index + 2, ref style);
                    break;
                case Escape when index + 1 < text.Length && text[index + 1] is ']' or 'P' or '_' or '^':
                    index = SkipString(text, index + 2);
                    break;
                case Escape:
                    index++;
                    break;
                case '\r' when index + 1 < text.Length && text[index + 1] == '\n':
                    break;
                case '\r':
                    output.StartOfLine();
                    break;
                case '\b':
                    output.Back();
                    break;
                default:
                    output.Write(character, style);
                    break;
            }
        }

        return output.End();
    }

    /// <summary>Takes <c>numbers ; numbers letter</c>; only colours, <c>m</c>, count. Returns where it ends.</summary>
    private static int Control(string text, int index, ref AnsiStyle style)
    {
        Span<int> numbers = stackalloc int[MaxNumbers];
        var count = 0;
        int? number = null;
        for (; index < text.Length; index++)
        {
            var character = text[index];
            if (char.IsAsciiDigit(character))
            {
                number = Math.Min(MaxNumber, ((number ?? 0) * 10) + (character - '0'));
                continue;
            }

            if (character is ';' or ':')
            {
                Add(numbers, ref count, number ?? 0);
                number = null;
                continue;
            }

            if (character is >= ' ' and <= '?')
            {
                // Private markers and the like.
                continue;
            }

            if (character is < '@' or > '~')
            {
                // Not a sequence after all: what follows is text.
                return index - 1;
            }

            if (character == 'm')
            {
                if (number is { } last || count > 0)
                {
                    Add(numbers, ref count, number ?? 0);
                }

                style = style.With(numbers[..count]);
            }

            return index;
        }

        return index;
    }

    private static void Add(Span<int> numbers, ref int count, int number)
    {
        if (count < numbers.Length)
        {
            numbers[count++] = number;
        }
    }

    /// <summary>Titles, links and other texts for the terminal end with BEL or ESC \; they never span lines.</summary>
    private static int SkipString(string text, int index)
    {
        for (; index < text.Length; index++)
        {
            switch (text[index])
            {
                case '\a':
                    return index;
                case '\n':
                    return index - 1;
                case Escape when index + 1 < text.Length && text[index + 1] == '\\':
                    return index + 1;
            }
        }

        return index;
    }

    /// <summary>The lines so far; only the last one can still change.</summary>
    private sealed class Output
    {
        private readonly List<Span> _done = [];
        private readonly StringBuilder _piece = new();
        private readonly List<(char Character, AnsiStyle Style)> _line = [];
        private AnsiStyle _style;
        private int _column;

        public void Write(char character, AnsiStyle style)
        {
            if (character == '\n')
            {
                _line.Add((character, style));
                Flush();
                return;
            }

            if (_column < _line.Count)
            {
                _line[_column] = (character, style);
            }
            else
            {
                _line.Add((character, style));
            }

            _column++;
        }

        public void StartOfLine() => _column = 0;

        public void Back() => _column = Math.Max(0, _column - 1);

        public List<Span> End()
        {
            Flush();
            EndPiece();
            return _done;
        }

        private void Flush()
        {
            foreach (var (character, style) in _line)
            {
                if (style != _style)
                {
                    EndPiece();
                    _style = style;
                }

                _piece.Append(character);
            }

            _line.Clear();
            _column = 0;
        }

        private void EndPiece()
        {
            if (_piece.Length > 0)
            {
                _done.Add(new Span(HiddenCharacters.Show(_piece.ToString()), _style.Class));
                _piece.Clear();
            }
        }
    }
}
