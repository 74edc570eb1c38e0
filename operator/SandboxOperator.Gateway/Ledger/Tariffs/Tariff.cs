using Microsoft.Extensions.Options;

namespace SandboxOperator.Gateway.Ledger.Tariffs;

/// <summary>What a session costs, and which of its periods a call makes due.</summary>
/// <param name="Nanos">Nano-dollars of a period.</param>
/// <param name="Period">How long a period is; null when a session is one, however long it lasts.</param>
internal sealed record Tariff(long Nanos, TimeSpan? Period)
{
    public const string PerSession = "per-session";
    public const string PerTwentyMinutes = "per-20-minutes";

    private const long MaxDollars = 1_000_000;
    private static readonly TimeSpan TwentyMinutes = TimeSpan.FromMinutes(20);

    private static readonly KeyValuePair<string, decimal>[] DefaultSizes =
    [
        new("1Gi", 0.03m),
        new("4Gi", 0.12m),
        new("16Gi", 0.48m),
        new("64Gi", 1.92m),
    ];

    /// <summary>
    /// The periods that activity makes due. Periods follow each other from the session's start; those without activity
    /// cost nothing.
    /// </summary>
    /// <param name="paid">The newest period that is charged; null when none is.</param>
    /// <param name="startedAtMs">The session's first call.</param>
    /// <param name="activeSinceMs">When the activity began: that of a call that begins is now.</param>
    /// <param name="nowMs">Now.</param>
    public IReadOnlyList<int> Due(int? paid, long startedAtMs, long activeSinceMs, long nowMs)
    {
        // A clock that was set back makes nothing due that is paid for.
        var first = Math.Max(PeriodAt(startedAtMs, activeSinceMs), (paid + 1) ?? 0);
        var last = PeriodAt(startedAtMs, nowMs);
        return first > last ? [] : [.. Enumerable.Range(first, last - first + 1)];
    }

    /// <summary>Reads the settings.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="memoryBytes">The memory of a sandbox when the settings do not name it.</param>
    /// <exception cref="OptionsValidationException">Names the setting at fault.</exception>
    public static Tariff From(TariffOptions options, long memoryBytes) =>
        options.Kind switch
        {
            PerSession => new Tariff(Price("SessionDollars", options.SessionDollars), null),
            PerTwentyMinutes => new Tariff(PriceOf(options, memoryBytes), TwentyMinutes),
            var other => throw Invalid($"Kind must be '{PerSession}' or '{PerTwentyMinutes}', not '{other}'."),
        };

    private int PeriodAt(long startedAtMs, long atMs) =>
        Period is { } period ? (int)Math.Max(0, (atMs - startedAtMs) / (long)period.TotalMilliseconds) : 0;

    /// <summary>The price of the smallest size that holds a sandbox.</summary>
    private static long PriceOf(TariffOptions options, long memoryBytes)
    {
        if (options.Memory is { Length: > 0 } memory)
        {
            memoryBytes = Bytes("Memory", memory);
        }

        var sizes = (options.Sizes.Count > 0 ? options.Sizes : DefaultSizes.AsEnumerable())
            .Select(size =>
                (Bytes: Bytes($"Sizes:{size.Key}", size.Key), Nanos: Price($"Sizes:{size.Key}", size.Value))
            )
            .Where(size => size.Bytes >= memoryBytes)
            .OrderBy(size => size.Bytes)
            .ToList();
        return sizes.Count > 0
            ? sizes[0].Nanos
            : throw Invalid($"Sizes has no price for a sandbox with {memoryBytes} bytes of memory: add a larger size.");
    }

    private static long Bytes(string name, string text) =>
        MemorySize.TryParse(text, out var bytes)
            ? bytes
            : throw Invalid($"{name}: '{text}' is no amount of memory such as 4Gi.");

    private static long Price(string name, decimal dollars) =>
        dollars is >= 0 and <= MaxDollars
            ? Ledger.Nanos.OfDollars(dollars)
            : throw Invalid($"{name} must be between 0 and {MaxDollars} dollars.");

    private static OptionsValidationException Invalid(string message) =>
        new(TariffOptions.Section, typeof(TariffOptions), [$"{TariffOptions.Section}:{message}"]);
}
