using System.Text;
using SandboxOperator.Agent.Serve.Http;
using SandboxOperator.Agent.Serve.Unix;

namespace SandboxOperator.Agent.Serve.Files;

/// <summary>The name of a file beneath the working directory: parts that are plain names, never a way out.</summary>
internal sealed class FilePath
{
    /// <summary>Longest part in bytes of UTF-8, as file systems have it.</summary>
    public const int MaxPartBytes = 255;

    /// <summary>Longest path in bytes of UTF-8.</summary>
    public const int MaxBytes = 2048;

    /// <summary>Most parts; deeper files are neither listed nor reachable.</summary>
    public const int MaxParts = 32;

    /// <summary>Names of files that are being written start so. Nobody else sees or uses them.</summary>
    public const string TemporaryPrefix = ".sandbox-put-";

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    private FilePath(string text, IReadOnlyList<byte[]> parts) => (Text, Parts) = (text, parts);

    /// <summary>Relative to the working directory, <c>/</c> between the parts.</summary>
    public string Text { get; }

    /// <summary>The parts as system calls want them, each ending with a zero.</summary>
    public IReadOnlyList<byte[]> Parts { get; }

    /// <summary>Reads a path from a request target, percent-decoding it once.</summary>
    /// <exception cref="RequestException">400: it is not the name of a file.</exception>
    public static FilePath FromUrl(string escaped) => Parse(Unescape(escaped));

    /// <exception cref="RequestException">400: it is not the name of a file.</exception>
    public static FilePath Parse(string text)
    {
        if (Problem(text) is { } problem)
        {
            throw RequestException.Invalid($"This is not the path of a file in the working directory: {problem}.");
        }

        return new(text, [.. text.Split('/').Select(DirectoryHandle.Name)]);
    }

    /// <summary>A name as it stands in a directory, or null when no path can name it.</summary>
    public static string? FromDirectory(ReadOnlySpan<byte> name)
    {
        try
        {
            var text = s_strict.GetString(name);
            return Problem(text) is null ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string? Problem(string text)
    {
        if (text.Any(char.IsControl))
        {
            return "it has control characters";
        }

        try
        {
            if (s_strict.GetByteCount(text) > MaxBytes)
            {
                return $"it has more than {MaxBytes} bytes";
            }
        }
        catch (EncoderFallbackException)
        {
            return "it is not Unicode";
        }

        var parts = text.Split('/');
        if (parts.Length > MaxParts)
        {
            return $"it has more than {MaxParts} parts";
        }

        foreach (var part in parts)
        {
            if (part is "" or "." or "..")
            {
                return "it has an empty part, '.' or '..'; it is relative, with single slashes";
            }

            if (s_strict.GetByteCount(part) > MaxPartBytes)
            {
                return $"a part has more than {MaxPartBytes} bytes";
            }

            if (part.StartsWith(TemporaryPrefix, StringComparison.Ordinal))
            {
                return $"names that start with {TemporaryPrefix} are reserved";
            }
        }

        return null;
    }

    private static string Unescape(string escaped)
    {
        // Request targets are ASCII; what is not comes from a client that escapes nothing.
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(escaped.Length)];
        var length = Encoding.UTF8.GetBytes(escaped, bytes);
        var decoded = 0;
        for (var i = 0; i < length; i++)
        {
            if (bytes[i] != '%')
            {
                bytes[decoded++] = bytes[i];
                continue;
            }

            if (
                i + 2 >= length
                || !char.IsAsciiHexDigit((char)bytes[i + 1])
                || !char.IsAsciiHexDigit((char)bytes[i + 2])
            )
            {
                throw RequestException.Invalid("A percent sign in the path is not followed by two hexadecimal digits.");
            }

            bytes[decoded++] = Convert.FromHexString([(char)bytes[i + 1], (char)bytes[i + 2]])[0];
            i += 2;
        }

        try
        {
            return s_strict.GetString(bytes, 0, decoded);
        }
        catch (DecoderFallbackException)
        {
            throw RequestException.Invalid("The path is not UTF-8.");
        }
    }
}
