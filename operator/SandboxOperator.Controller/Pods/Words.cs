using SandboxOperator.Kube.Client;

namespace SandboxOperator.Controller.Pods;

/// <summary>Other people's words, fit for a condition.</summary>
internal static class Words
{
    private const int Longest = 1024;

    /// <summary>One line of bounded length.</summary>
    /// <param name="said">What was said; sandboxes may have said it.</param>
    /// <param name="otherwise">When nothing was said.</param>
    public static string Clean(string? said, string otherwise)
    {
        var clean = string.Concat((said ?? "").Take(Longest).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return clean.Length == 0 ? otherwise : clean;
    }

    /// <summary>What the API server said, without what was asked.</summary>
    public static string Of(KubeException refusal)
    {
        var start = refusal.Message.IndexOf(": ", StringComparison.Ordinal);
        return Clean(start < 0 ? refusal.Message : refusal.Message[(start + 2)..], refusal.Reason);
    }
}
