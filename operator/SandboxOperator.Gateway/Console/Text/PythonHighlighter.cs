using System.Buffers;
using System.Collections.Frozen;

namespace SandboxOperator.Gateway.Console.Text;

/// <summary>
/// Colours Python by its words. It looks at each character once and never fails: what a model writes may be half a
/// program, or none at all.
/// </summary>
public static class PythonHighlighter
{
    private const string Keyword = "k";
    private const string Name = "n";
    private const string BuiltIn = "b";
    private const string Literal = "s";
    private const string Number = "m";
    private const string Comment = "c";
    private const string Decorator = "d";
    private const string Hidden = "h";

    /// <summary>The longest that a hidden character is written out.</summary>
    private const int MaxHiddenChars = 10;

    private static readonly FrozenSet<string> Keywords = FrozenSet.Create(
        StringComparer.Ordinal,
        "False",
        "None",
        "True",
        "and",
        "as",
        "assert",
        "async",
        "await",
        "break",
        "case",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "finally",
        "for",
        "from",
        "global",
        "if",
        "import",
        "in",
        "is",
        "lambda",
        "match",
        "nonlocal",
        "not",
        "or",
        "pass",
        "raise",
        "return",
        "try",
        "while",
        "with",
        "yield"
    );

    private static readonly FrozenSet<string> BuiltIns = FrozenSet.Create(
        StringComparer.Ordinal,
        "abs",
        "all",
        "any",
        "bool",
        "bytes",
        "callable",
        "chr",
        "dict",
        "dir",
        "display",
        "enumerate",
        "filter",
        "float",
        "format",
        "frozenset",
        "getattr",
        "hasattr",
        "hash",
        "help",
        "hex",
        "id",
        "input",
        "int",
        "isinstance",
        "issubclass",
        "iter",
        "len",
        "list",
        "map",
        "max",
        "min",
        "next",
        "object",
        "open",
        "ord",
        "pow",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "self",
        "set",
        "setattr",
        "slice",
        "sorted",
        "str",
        "sum",
        "super",
        "tuple",
        "type",
        "vars",
        "zip"
    );

    private static readonly SearchValues<char> PrefixLetters = SearchValues.Create("rRbBfFuUtT");

    /// <summary>The code as spans; together they are the whole text.</summary>
    public static IReadOnlyList<Span> Spans(string code)
    {
        code = HiddenCharacters.Show(code);
        var spans = new List<Span>();
        var plain = 0;
        var defines = false;
        for (var index = 0; index < code.Length; )
        {
            var (end, style) = Next(code, index, defines);
            if (!char.IsWhiteSpace(code[index]))
            {
                defines = end - index is 3 or 5 && code.AsSpan(index, end - index) is "def" or "class";
            }

            if (style is not null)
            {
                AddPlain(spans, code, plain, index);
                spans.Add(new Span(code[index..end], style));
                plain = end;
            }

            index = end;
        }

        AddPlain(spans, code, plain, code.Length);
        return spans;
    }

    /// <summary>Where the word at a position ends, and how it is shown.</summary>
    private static (int End, string? Style) Next(string code, int start, bool defines)
    {
        var first = code[start];
        if (first == '#')
        {
            return (EndOfLine(code, start), Comment);
        }

        if (
            first == '⟨'
            && code.IndexOf('⟩', start, Math.Min(MaxHiddenChars, code.Length - start)) is > 0 and var close
        )
        {
            return (close + 1, Hidden);
        }

        if (first is '"' or '\'')
        {
            return (EndOfString(code, start, raw: false), Literal);
        }

        if (first == '@' && IsFirstOfLine(code, start))
        {
            return (EndOfWord(code, start + 1, dots: true), Decorator);
        }

        if (char.IsAsciiDigit(first))
        {
            return (EndOfNumber(code, start), Number);
        }

        if (first != '_' && !char.IsLetter(first))
        {
            return (start + 1, null);
        }

        var end = EndOfWord(code, start, dots: false);
        if (end < code.Length && code[end] is '"' or '\'' && IsPrefix(code.AsSpan(start, end - start)))
        {
            return (EndOfString(code, end, code.AsSpan(start, end - start).ContainsAny('r', 'R')), Literal);
        }

        var word = code[start..end];
        var isMember = start > 0 && code[start - 1] == '.';
        return (
            end,
            defines ? Name
            : isMember ? null
            : Keywords.Contains(word) ? Keyword
            : BuiltIns.Contains(word) ? BuiltIn
            : null
        );
    }

    private static bool IsPrefix(ReadOnlySpan<char> word) => word.Length <= 2 && !word.ContainsAnyExcept(PrefixLetters);

    private static int EndOfLine(string code, int start)
    {
        var end = code.IndexOf('\n', start);
        return end < 0 ? code.Length : end;
    }

    private static int EndOfWord(string code, int start, bool dots)
    {
        var end = start;
        while (end < code.Length && (code[end] == '_' || char.IsLetterOrDigit(code[end]) || (dots && code[end] == '.')))
        {
            end++;
        }

        return end;
    }

    private static int EndOfNumber(string code, int start)
    {
        var end = start;
        while (
            end < code.Length
            && (
                code[end] is '_' or '.'
                || char.IsAsciiLetterOrDigit(code[end])
                || (
                    code[end] is '+' or '-'
                    && code[end - 1] is 'e' or 'E'
                    && !code.AsSpan(start, end - start).StartsWith("0x")
                )
            )
        )
        {
            end++;
        }

        return end;
    }

    /// <summary>A string that is not closed ends with its line, or with the text when it has three quotes.</summary>
    private static int EndOfString(string code, int start, bool raw)
    {
        var quote = code[start];
        var triple = start + 2 < code.Length && code[start + 1] == quote && code[start + 2] == quote;
        for (var index = start + (triple ? 3 : 1); index < code.Length; index++)
        {
            var character = code[index];
            if (character == '\\' && index + 1 < code.Length && (!raw || code[index + 1] == quote))
            {
                index++;
            }
            else if (character == '\n' && !triple)
            {
                return index;
            }
            else if (
                character == quote
                && (!triple || (index + 2 < code.Length && code[index + 1] == quote && code[index + 2] == quote))
            )
            {
                return index + (triple ? 3 : 1);
            }
        }

        return code.Length;
    }

    private static bool IsFirstOfLine(string code, int index)
    {
        while (--index >= 0 && code[index] is ' ' or '\t') { }

        return index < 0 || code[index] == '\n';
    }

    private static void AddPlain(List<Span> spans, string code, int start, int end)
    {
        if (end > start)
        {
            spans.Add(new Span(code[start..end], null));
        }
    }
}
