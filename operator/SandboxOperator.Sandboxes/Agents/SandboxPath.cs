using System.Text;

namespace SandboxOperator.Sandboxes.Agents;

/// <summary>Names of files in a working directory, checked whether they come from a caller or out of a sandbox.</summary>
internal static class SandboxPath
{
    private const int LongestPathBytes = 1024;
    private const int LongestPartBytes = 255;

    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>
    /// Whether a path is relative, stays beneath the working directory, and can be written down: no empty part, no
    /// <c>.</c> or <c>..</c>, no control characters, proper Unicode.
    /// </summary>
    public static bool IsValid(string? path)
    {
        if (string.IsNullOrEmpty(path) || path.Length > LongestPathBytes || HasUnprintable(path))
        {
            return false;
        }

        foreach (var range in path.AsSpan().Split('/'))
        {
            var part = path.AsSpan(range);
            if (part.IsEmpty || part is "." or ".." || Bytes(part) is < 0 or > LongestPartBytes)
            {
                return false;
            }
        }

        return Bytes(path) <= LongestPathBytes;
    }

    /// <summary>The path as it stands in a URL, its slashes kept.</summary>
    /// <exception cref="SandboxFileException">It is no valid path.</exception>
    public static string ToUrl(string path)
    {
        if (!IsValid(path))
        {
            throw new SandboxFileException(
                "A file's path must be relative, with no empty, '.' or '..' part, no control characters, at most "
                    + $"{LongestPartBytes} bytes a part and {LongestPathBytes} in all."
            );
        }

        return string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
    }

    private static bool HasUnprintable(string path)
    {
        foreach (var character in path)
        {
            // Control characters, and those that make a name read as another one (line and paragraph separators,
            // direction overrides).
            if (char.IsControl(character) || character is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e'))
            {
                return true;
            }
        }

        return false;
    }

    private static int Bytes(ReadOnlySpan<char> text)
    {
        try
        {
            return StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return -1;
        }
    }
}
