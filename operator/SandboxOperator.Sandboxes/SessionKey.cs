using System.Security.Cryptography;
using System.Text;

namespace SandboxOperator.Sandboxes;

/// <summary>
/// Names a session: a thread's sessions are counted by an ordinal that advances when one ends, so that callers who
/// ask at once mean the same session and an ended one is never in the way.
/// </summary>
/// <param name="Project">The project that owns the thread.</param>
/// <param name="ThreadId">The thread.</param>
/// <param name="Ordinal">1 for the thread's first session.</param>
public sealed record SessionKey(string Project, string ThreadId, int Ordinal)
{
    /// <summary>The name of a session that somebody made by hand and gave to the thread; null for all others.</summary>
    public string? Given { get; init; }

    /// <summary>
    /// The session's name, unless it was given: <c>s-</c>, 20 hexadecimal digits of a hash of project and thread, and
    /// the ordinal.
    /// </summary>
    public string Name
    {
        get
        {
            if (Given is not null)
            {
                return Given;
            }

            var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{Project}\n{ThreadId}"));
            return $"s-{Convert.ToHexStringLower(digest.AsSpan(0, 10))}-{Ordinal}";
        }
    }
}
