using System.Collections.Frozen;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>The statuses of a run and the ways between them.</summary>
internal static class RunStatuses
{
    public const string Queued = "queued";
    public const string InProgress = "in_progress";
    public const string RequiresAction = "requires_action";
    public const string Cancelling = "cancelling";
    public const string Cancelled = "cancelled";
    public const string Failed = "failed";
    public const string Completed = "completed";
    public const string Incomplete = "incomplete";
    public const string Expired = "expired";

    /// <summary>Those in which a run locks its thread.</summary>
    public static readonly FrozenSet<string> Active = FrozenSet.Create(
        StringComparer.Ordinal,
        Queued,
        InProgress,
        RequiresAction,
        Cancelling
    );

    /// <summary>Those that a run never leaves.</summary>
    public static readonly FrozenSet<string> Terminal = FrozenSet.Create(
        StringComparer.Ordinal,
        Cancelled,
        Failed,
        Completed,
        Incomplete,
        Expired
    );

    private static readonly FrozenDictionary<string, FrozenSet<string>> Next = new Dictionary<
        string,
        FrozenSet<string>
    >(StringComparer.Ordinal)
    {
        [Queued] = Set(InProgress, Cancelling, Cancelled, Failed, Expired),
        [InProgress] = Set(Queued, RequiresAction, Cancelling, Cancelled, Failed, Completed, Incomplete, Expired),
        [RequiresAction] = Set(Queued, Cancelling, Cancelled, Failed, Expired),
        [Cancelling] = Set(Cancelled, Failed, Completed, Incomplete, Expired),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a run may go from one status to another; staying is allowed unless the run has ended.</summary>
    public static bool Allows(string from, string to) =>
        Next.TryGetValue(from, out var next)
        && (string.Equals(from, to, StringComparison.Ordinal) || next.Contains(to));

    private static FrozenSet<string> Set(params ReadOnlySpan<string> statuses) =>
        FrozenSet.Create(StringComparer.Ordinal, statuses);
}
