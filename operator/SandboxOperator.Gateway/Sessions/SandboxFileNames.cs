using System.Buffers;
using System.Text;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>
/// Gives files their paths in the sandbox. Every file keeps its own name where it can; whatever names users choose,
/// the paths are plain, distinct file names that a file system takes, and none of them is the alias of a file.
/// </summary>
internal static class SandboxFileNames
{
    /// <summary>What file systems take, in bytes of UTF-8.</summary>
    internal const int MaxBytes = 255;

    private const string AliasPrefix = "file-";
    private const string Fallback = "file";
    private const int MaxExtensionBytes = 32;
    private static readonly SearchValues<char> Letters = SearchValues.Create(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    /// <summary>Chooses a path for each file.</summary>
    /// <param name="files">Ids and names, in the order in which they get their own names.</param>
    /// <param name="taken">Paths that are in use already.</param>
    public static IReadOnlyDictionary<string, string> Assign(
        IEnumerable<(string Id, string Name)> files,
        IEnumerable<string> taken
    )
    {
        var used = new HashSet<string>(taken, StringComparer.Ordinal);
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (id, name) in files)
        {
            if (!paths.ContainsKey(id))
            {
                paths[id] = Choose(id, Clean(name), used);
            }
        }

        return paths;
    }

    /// <summary>The file name in a name as a client gave it: no directories, no control characters, not too long.</summary>
    public static string Clean(string name)
    {
        var last = name[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        var text = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes())
        {
            text.Append(Rune.IsControl(rune) || rune == Rune.ReplacementChar ? "_" : rune.ToString());
        }

        var clean = text.ToString().Trim();
        return clean is "" or "." or ".." ? Fallback : Shorten(clean, MaxBytes);
    }

    private static string Choose(string id, string name, HashSet<string> used)
    {
        if (!LooksLikeAlias(name) && used.Add(name))
        {
            return name;
        }

        for (var attempt = 1; ; attempt++)
        {
            var prefix = attempt == 1 ? $"{id}-" : $"{id}-{attempt}-";
            var candidate = prefix + Shorten(name, MaxBytes - Encoding.UTF8.GetByteCount(prefix));
            if (used.Add(candidate))
            {
                return candidate;
            }
        }
    }

    /// <summary>Aliases are ids, of files that come later too: a prefix, letters and digits.</summary>
    private static bool LooksLikeAlias(string name) =>
        name.StartsWith(AliasPrefix, StringComparison.Ordinal)
        && name.AsSpan(AliasPrefix.Length).IndexOfAnyExcept(Letters) < 0;

    /// <summary>Cuts a name before its extension, between characters.</summary>
    private static string Shorten(string name, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(name) <= maxBytes)
        {
            return name;
        }

        var extension = Path.GetExtension(name);
        if (Encoding.UTF8.GetByteCount(extension) > MaxExtensionBytes)
        {
            extension = "";
        }

        var room = maxBytes - Encoding.UTF8.GetByteCount(extension);
        var stem = new StringBuilder();
        foreach (var rune in name[..^extension.Length].EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0)
            {
                break;
            }

            stem.Append(rune);
        }

        return stem.Append(extension).ToString();
    }
}
