using System.Globalization;
using System.Text;

namespace SandboxOperator.Gateway.Console.Text;

/// <summary>
/// Makes characters visible that would show a text other than it is: those that turn the direction of writing, that
/// take no room, or that control a terminal.
/// </summary>
internal static class HiddenCharacters
{
    /// <summary>The text with hidden characters written out, such as <c>⟨U+202E⟩</c>. Line ends and tabs stay.</summary>
    public static string Show(string text)
    {
        var first = IndexOf(text);
        if (first < 0)
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 64).Append(text, 0, first);
        foreach (var character in text.AsSpan(first))
        {
            if (IsHidden(character))
            {
                shown.Append(CultureInfo.InvariantCulture, $"⟨U+{(int)character:X4}⟩");
            }
            else
            {
                shown.Append(character);
            }
        }

        return shown.ToString();
    }

    internal static bool IsHidden(char character) =>
        character switch
        {
            '\n' or '\t' or '\r' => false,
            < ' ' or '\u007f' => true,
            >= '\u0080' and <= '\u009f' => true,
            '\u00ad' or '\u061c' or '\ufeff' => true,
            >= '\u200b' and <= '\u200f' => character is not ('\u200c' or '\u200d'),
            >= '\u2028' and <= '\u202e' => true,
            >= '\u2060' and <= '\u2069' => true,
            _ => false,
        };

    private static int IndexOf(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (IsHidden(text[index]))
            {
                return index;
            }
        }

        return -1;
    }
}
