using System.Security.Cryptography;
using System.Text;

namespace SandboxOperator.Controller.Launching;

/// <summary>Names for pods.</summary>
internal static class PodNames
{
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";
    private const int LongestPrefix = 52;
    private const int SuffixLength = 10;

    /// <summary>
    /// The name of a session's own pod. It follows from what the session's status says, so that whoever makes the pod
    /// again, after a crash or an answer that was lost, finds that it is there.
    /// </summary>
    /// <param name="session">The session's name.</param>
    /// <param name="sessionUid">The session's uid.</param>
    /// <param name="previousPodUid">The uid of the pod that it replaces; null for none.</param>
    /// <param name="replacements">How often the sandbox was replaced before.</param>
    public static string OfSession(string session, string sessionUid, string? previousPodUid, int replacements)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{sessionUid}/{previousPodUid}/{replacements}"));
        return Name(session, hash.AsSpan(0, SuffixLength));
    }

    /// <summary>A name for a pool's pod: any will do.</summary>
    public static string OfPool(string pool)
    {
        Span<byte> random = stackalloc byte[SuffixLength];
        Random.Shared.NextBytes(random);
        return Name(pool, random);
    }

    private static string Name(string prefix, ReadOnlySpan<byte> suffix)
    {
        var name = new StringBuilder(
            prefix.Length <= LongestPrefix ? prefix : prefix[..LongestPrefix].TrimEnd('-', '.')
        );
        name.Append('-');
        foreach (var each in suffix)
        {
            name.Append(Letters[each % Letters.Length]);
        }

        return name.ToString();
    }
}
