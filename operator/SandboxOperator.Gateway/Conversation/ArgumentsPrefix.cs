namespace SandboxOperator.Gateway.Conversation;

/// <summary>Tells from the beginning of a call's arguments what they are.</summary>
internal static class ArgumentsPrefix
{
    /// <summary>What the arguments are.</summary>
    public enum Kind
    {
        /// <summary>More text is needed, or the whole of it.</summary>
        Unknown,

        /// <summary>An object with the string property <c>code</c>.</summary>
        Code,

        /// <summary>Not JSON: the code itself.</summary>
        NotJson,
    }

    /// <param name="text">The arguments so far.</param>
    /// <param name="start">For <see cref="Kind.Code"/> the index behind the opening quote of the string.</param>
    public static Kind Find(string text, out int start)
    {
        start = 0;
        var at = SkipSpace(text, 0);
        if (at == text.Length)
        {
            return Kind.Unknown;
        }
        return text[at] switch
        {
            '{' => FindInObject(text, at + 1, out start),
            '"' => FindInString(text, at),
            _ => Kind.NotJson,
        };
    }

    /// <summary>A lone JSON string is only known at its end; a Python string with something behind it is code.</summary>
    private static Kind FindInString(string text, int at)
    {
        var end = StringEnd(text, at);
        return end < 0 || SkipSpace(text, end) == text.Length ? Kind.Unknown : Kind.NotJson;
    }

    private static Kind FindInObject(string text, int at, out int start)
    {
        start = 0;
        while (true)
        {
            at = SkipSpace(text, at);
            if (at == text.Length)
            {
                return Kind.Unknown;
            }
            if (text[at] == '}')
            {
                return SkipSpace(text, at + 1) == text.Length ? Kind.Unknown : Kind.NotJson;
            }
            if (text[at] != '"')
            {
                return Kind.NotJson;
            }
            var keyEnd = StringEnd(text, at);
            if (keyEnd < 0)
            {
                return Kind.Unknown;
            }
            var isCode = text[at..keyEnd] == "\"code\"";
            at = SkipSpace(text, keyEnd);
            if (at == text.Length)
            {
                return Kind.Unknown;
            }
            if (text[at] != ':')
            {
                return Kind.NotJson;
            }
            at = SkipSpace(text, at + 1);
            if (at == text.Length)
            {
                return Kind.Unknown;
            }
            if (isCode && text[at] == '"')
            {
                start = at + 1;
                return Kind.Code;
            }
            at = SkipValue(text, at);
            if (at < 0)
            {
                return Kind.Unknown;
            }
            at = SkipSpace(text, at);
            if (at < text.Length && text[at] == ',')
            {
                at++;
            }
            else if (at < text.Length && text[at] != '}')
            {
                return Kind.NotJson;
            }
        }
    }

    /// <summary>The index behind a value, or -1 when it has not ended yet.</summary>
    private static int SkipValue(string text, int at)
    {
        var depth = 0;
        while (at < text.Length)
        {
            switch (text[at])
            {
                case '"':
                    at = StringEnd(text, at);
                    if (at < 0)
                    {
                        return -1;
                    }
                    if (depth == 0)
                    {
                        return at;
                    }
                    continue;
                case '{' or '[':
                    depth++;
                    break;
                case '}' or ']' when depth > 0:
                    if (--depth == 0)
                    {
                        return at + 1;
                    }
                    break;
                case ',' or '}' or ']' when depth == 0:
                    return at;
            }
            at++;
        }
        return -1;
    }

    /// <summary>The index behind the string that starts at an index, or -1 when it has not ended yet.</summary>
    private static int StringEnd(string text, int at)
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i + 1;
            }
        }
        return -1;
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
        {
            at++;
        }
        return at;
    }
}
