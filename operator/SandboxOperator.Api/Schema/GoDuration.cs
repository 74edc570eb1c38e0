using System.Globalization;
using System.Text;

namespace SandboxOperator.Api.Schema;

/// <summary>
/// Lengths of time as Kubernetes writes them: <c>90s</c>, <c>1h30m</c>, <c>1.5h</c>. Fields stay strings, so that one
/// odd resource can be read and answered with a condition.
/// </summary>
public static class GoDuration
{
    /// <summary>What the text must look like: hours, minutes, seconds and milliseconds, no sign.</summary>
    public const string Pattern = @"^([0-9]{1,9}(\.[0-9]{1,9})?(ms|s|m|h))+$";

    /// <summary>The longest time that is understood.</summary>
    public static TimeSpan Maximum { get; } = TimeSpan.FromDays(365);

    /// <summary>Reads a length of time.</summary>
    /// <param name="text">The text.</param>
    /// <param name="duration">The length, or zero.</param>
    /// <returns>Whether the text follows <see cref="Pattern"/> and stays within <see cref="Maximum"/>.</returns>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (string.IsNullOrEmpty(text) || text.Length > 64)
        {
            return false;
        }

        var seconds = 0m;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('.', '9');
            if (
                digits is <= 0 or > 20
                || rest[0] == '.'
                || rest[digits - 1] == '.'
                || !decimal.TryParse(
                    rest[..digits],
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
            {
                return false;
            }

            rest = rest[digits..];
            var (length, unit) = rest switch
            {
                ['m', 's', ..] => (2, 0.001m),
                ['s', ..] => (1, 1m),
                ['m', ..] => (1, 60m),
                ['h', ..] => (1, 3600m),
                _ => (0, 0m),
            };
            if (length == 0)
            {
                return false;
            }

            rest = rest[length..];
            seconds += Math.Min(number, 1_000_000_000_000m) * unit;
        }

        if (seconds > (decimal)Maximum.TotalSeconds)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>Writes a length of time the way <see cref="TryParse"/> reads it, to the millisecond.</summary>
    /// <param name="duration">A length that is not negative.</param>
    /// <returns>For example <c>1h30m</c>; <c>0s</c> for none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public static string Format(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        var text = new StringBuilder();
        Append((long)duration.TotalHours, "h");
        Append(duration.Minutes, "m");
        Append(duration.Seconds, "s");
        Append(duration.Milliseconds, "ms");
        return text.Length == 0 ? "0s" : text.ToString();

        void Append(long number, string unit)
        {
            if (number > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{number}{unit}");
            }
        }
    }
}
