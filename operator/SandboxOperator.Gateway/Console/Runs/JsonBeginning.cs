using System.Text;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>
/// The beginning of a JSON text, as JSON: pages read no more than they show of what callers and models may make as long
/// as they like.
/// </summary>
internal static class JsonBeginning
{
    /// <summary>
    /// Closes what is open where the text was cut. A value that was cut stays as far as it goes when it is a string, and
    /// is left out with its name otherwise.
    /// </summary>
    /// <param name="json">JSON, or the beginning of it.</param>
    /// <param name="cut">Whether something is missing.</param>
    public static string Close(string json, out bool cut)
    {
        var open = new Stack<Container>();
        // The end of what is whole. Nothing has been opened or closed behind it.
        var kept = 0;
        for (var index = 0; index < json.Length; )
        {
            var character = json[index++];
            switch (character)
            {
                case '{' or '[':
                    open.Push(new Container(character == '{'));
                    kept = index;
                    break;
                case '}' or ']':
                    open.TryPop(out _);
                    kept = index;
                    break;
                case ',' or ':':
                    if (open.TryPeek(out var container))
                    {
                        container.AtValue = character == ':';
                    }

                    break;
                case '"':
                    var isValue = !open.TryPeek(out var holder) || holder.AtValue || !holder.IsObject;
                    index = EndOfString(json, index, out var whole);
                    if (!whole)
                    {
                        cut = true;
                        return (isValue ? json[..index] + '"' : json[..kept]) + Closing(open);
                    }

                    kept = isValue ? index : kept;
                    break;
                case var _ when char.IsWhiteSpace(character):
                    break;
                default:
                    index = EndOfWord(json, index);
                    // One that ends with the text may go on.
                    kept = index < json.Length ? index : kept;
                    break;
            }
        }

        cut = open.Count > 0;
        return cut ? json[..kept] + Closing(open) : json;
    }

    /// <summary>Behind the closing quote, or, where the string was cut, behind its last whole character.</summary>
    private static int EndOfString(string json, int index, out bool whole)
    {
        while (index < json.Length && json[index] != '"')
        {
            var next = index + LengthAt(json.AsSpan(index));
            if (next > json.Length)
            {
                whole = false;
                return index;
            }

            index = next;
        }

        whole = index < json.Length;
        return whole ? index + 1 : index;
    }

    private static int LengthAt(ReadOnlySpan<char> text)
    {
        if (text[0] != '\\')
        {
            return char.IsHighSurrogate(text[0]) ? 2 : 1;
        }

        if (text.Length == 1 || text[1] != 'u')
        {
            return 2;
        }

        const string highSurrogates = "89abAB";
        return text.Length < 4 || text[2] is not ('d' or 'D') || !highSurrogates.Contains(text[3]) ? 6 : 12;
    }

    private static int EndOfWord(string json, int index)
    {
        while (index < json.Length && json[index] is not (',' or '}' or ']') && !char.IsWhiteSpace(json[index]))
        {
            index++;
        }

        return index;
    }

    private static string Closing(Stack<Container> open)
    {
        var text = new StringBuilder();
        foreach (var container in open)
        {
            text.Append(container.IsObject ? '}' : ']');
        }

        return text.ToString();
    }

    private sealed class Container(bool isObject)
    {
        public bool IsObject => isObject;

        /// <summary>Whether a name has been read whose value comes next.</summary>
        public bool AtValue { get; set; }
    }
}
