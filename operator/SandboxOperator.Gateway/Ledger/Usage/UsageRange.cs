namespace SandboxOperator.Gateway.Ledger.Usage;

/// <summary>A range of time in buckets of one width.</summary>
/// <param name="FromMs">The first bucket's start, a multiple of the width.</param>
/// <param name="ToMs">The last bucket's end, a multiple of the width.</param>
/// <param name="WidthMs">One of the widths below.</param>
internal sealed record UsageRange(long FromMs, long ToMs, long WidthMs)
{
    public const long Minute = 60_000;
    public const long Hour = 60 * Minute;
    public const long Day = 24 * Hour;

    /// <summary>The widths that the ledger keeps sums of.</summary>
    public static readonly IReadOnlyList<long> Widths = [Minute, Hour, Day];

    /// <summary>Whole days, in UTC.</summary>
    /// <param name="from">In the first day.</param>
    /// <param name="to">The first moment that is not in the range; its day is in it unless it begins then.</param>
    public static UsageRange Days(DateTimeOffset from, DateTimeOffset to) =>
        Around(from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds(), Day);

    /// <summary>The whole buckets that a range of time touches.</summary>
    public static UsageRange Around(long fromMs, long toMs, long widthMs) =>
        new(fromMs / widthMs * widthMs, (toMs + widthMs - 1) / widthMs * widthMs, widthMs);
}
