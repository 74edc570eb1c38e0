using System.Globalization;

namespace SandboxOperator.Gateway.Console.Text;

/// <summary>Numbers as people read them.</summary>
public static class Format
{
    private const long NanosADollar = 1_000_000_000;

    /// <summary>Milliseconds as <c>12 ms</c>, <c>1.24 s</c>, <c>3 min 5 s</c> or <c>2 h 4 min</c>.</summary>
    public static string Duration(long? milliseconds) =>
        milliseconds switch
        {
            null => "–",
            < 0 => "0 ms",
            < 1000 => Text($"{milliseconds} ms"),
            < 10_000 => Text($"{milliseconds / 1000.0:0.00} s"),
            < 60_000 => Text($"{milliseconds / 1000.0:0.0} s"),
            < 3_600_000 => Text($"{milliseconds / 60_000} min {milliseconds / 1000 % 60} s"),
            _ => Text($"{milliseconds / 3_600_000} h {milliseconds / 60_000 % 60} min"),
        };

    /// <summary>How long ago something was, or when it will be.</summary>
    public static string Ago(long atMs, long nowMs) =>
        nowMs >= atMs
            ? nowMs - atMs < 5000
                ? "just now"
                : About(nowMs - atMs) + " ago"
            : "in " + About(atMs - nowMs);

    /// <summary>In UTC, to the second.</summary>
    public static string Time(long atMs) =>
        DateTimeOffset
            .FromUnixTimeMilliseconds(atMs)
            .ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>For the attribute <c>datetime</c>.</summary>
    public static string Iso(long atMs) =>
        DateTimeOffset
            .FromUnixTimeMilliseconds(atMs)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Bytes as <c>512 B</c>, <c>1.5 KiB</c>, <c>20 MiB</c>.</summary>
    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 1024 => Text($"{bytes} B"),
            < 1024 * 1024 => Text($"{bytes / 1024.0:0.#} KiB"),
            < 1024L * 1024 * 1024 => Text($"{bytes / (1024.0 * 1024):0.#} MiB"),
            _ => Text($"{bytes / (1024.0 * 1024 * 1024):0.##} GiB"),
        };

    /// <summary>A whole number with thousands apart.</summary>
    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Billionths of a dollar; small amounts keep the digits that say something.</summary>
    public static string Dollars(long? nanos)
    {
        if (nanos is not { } known)
        {
            return "unknown";
        }

        var dollars = (decimal)known / NanosADollar;
        return Math.Abs(dollars) switch
        {
            0 => "$0",
            >= 0.1m => Text($"${dollars:#,0.00}"),
            >= 0.001m => Text($"${dollars:0.0000}"),
            _ => Text($"${dollars:0.0######}"),
        };
    }

    /// <summary>One of several things: <c>1 call</c>, <c>2 calls</c>.</summary>
    public static string Many(long count, string one, string? many = null) =>
        Text($"{Count(count)} {(count == 1 ? one : many ?? one + "s")}");

    private static string About(long milliseconds) =>
        milliseconds switch
        {
            < 60_000 => Text($"{milliseconds / 1000} s"),
            < 3_600_000 => Text($"{milliseconds / 60_000} min"),
            < 48 * 3_600_000L => Text($"{milliseconds / 3_600_000} h"),
            _ => Text($"{milliseconds / 86_400_000} days"),
        };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
