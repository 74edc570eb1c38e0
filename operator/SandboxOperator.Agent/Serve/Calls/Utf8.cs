using System.Text;

namespace SandboxOperator.Agent.Serve.Calls;

/// <summary>Cutting UTF-8 between characters.</summary>
internal static class Utf8
{
    /// <summary>The last position not behind <paramref name="at"/> at which a character starts.</summary>
    public static int CharacterStart(ReadOnlySpan<byte> text, int at)
    {
        while (at > 0 && at < text.Length && IsContinuation(text[at]))
        {
            at--;
        }

        return at;
    }

    /// <summary>True for the second and later bytes of a character.</summary>
    public static bool IsContinuation(byte value) => (value & 0xc0) == 0x80;

    /// <summary>Keeps the beginning and the end of a text that is longer than so many bytes of UTF-8.</summary>
    public static string Shorten(string text, int maxBytes)
    {
        // Each UTF-16 unit takes at most three bytes.
        if (text.Length <= maxBytes / 3)
        {
            return text;
        }

        var cutter = new OutputCutter(maxBytes);
        var result = new StringBuilder(Encoding.UTF8.GetString(cutter.Add(false, text).Span));
        foreach (var piece in cutter.Finish(out _))
        {
            result.Append(Encoding.UTF8.GetString(piece.Text.Span));
        }

        return result.ToString();
    }
}
