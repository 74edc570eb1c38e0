using System.Text;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Files;

/// <summary>The names of uploaded files. They become names in sandboxes and in headers.</summary>
internal static class FileNames
{
    /// <summary>What Linux allows.</summary>
    private const int MaxBytes = 255;
    private const string Default = "upload";

    /// <summary>The name that is kept: without the path that some clients send along.</summary>
    /// <param name="name">As the caller gave it, or null.</param>
    /// <param name="param">What errors name.</param>
    /// <exception cref="ApiException">The name cannot be kept.</exception>
    public static string Check(string? name, string param)
    {
        var kept = BaseName(name ?? "");
        if (kept.Length == 0)
        {
            return Default;
        }
        if (kept is "." or "..")
        {
            throw Invalid(param, "it is not the name of a file");
        }
        if (kept.Any(char.IsControl))
        {
            throw Invalid(param, "it has control characters");
        }
        if (kept.Contains('"', StringComparison.Ordinal))
        {
            throw Invalid(param, "it has quotation marks");
        }
        if (kept.Any(char.IsSurrogate) && !IsWellFormed(kept))
        {
            throw Invalid(param, "it is not valid Unicode");
        }
        var bytes = Encoding.UTF8.GetByteCount(kept);
        return bytes <= MaxBytes
            ? kept
            : throw Invalid(param, $"it has {bytes} bytes, and at most {MaxBytes} are allowed");
    }

    /// <summary>What comes after the last separator, of Linux or of Windows.</summary>
    public static string BaseName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    private static bool IsWellFormed(string text) => !text.EnumerateRunes().Contains(Rune.ReplacementChar);

    private static ApiException Invalid(string param, string reason) =>
        ApiErrors.InvalidValue(param, $"Invalid '{param}': the file name cannot be used: {reason}.");
}
