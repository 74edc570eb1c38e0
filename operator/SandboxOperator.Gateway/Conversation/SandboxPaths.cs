using System.Text;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>Paths below the working directory as links give them.</summary>
internal static class SandboxPaths
{
    private const int MaxPathBytes = 1024;
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Reads the part of a link behind <c>/mnt/data/</c>; false when it is no path of a file below it.</summary>
    public static bool TryParse(string text, out string path, out string literal)
    {
        literal = text;
        path = Decode(text);
        return IsPath(path);
    }

    private static bool IsPath(string path) =>
        path.Length > 0
        && Encoding.UTF8.GetByteCount(path) <= MaxPathBytes
        && !path.Any(char.IsControl)
        && path.Split('/').All(part => part is not ("" or "." or ".."));

    private static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }
        var bytes = new List<byte>(text.Length);
        var utf8 = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] != '%')
            {
                bytes.Add(utf8[i]);
                continue;
            }
            if (
                i + 2 >= utf8.Length
                || !char.IsAsciiHexDigit((char)utf8[i + 1])
                || !char.IsAsciiHexDigit((char)utf8[i + 2])
            )
            {
                return text;
            }
            bytes.Add(Convert.FromHexString([(char)utf8[i + 1], (char)utf8[i + 2]])[0]);
            i += 2;
        }
        try
        {
            return Strict.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            // Not UTF-8: the percent signs are part of the name.
            return text;
        }
    }
}
