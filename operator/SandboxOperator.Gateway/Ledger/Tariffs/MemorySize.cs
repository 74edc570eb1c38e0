using System.Globalization;

namespace SandboxOperator.Gateway.Ledger.Tariffs;

/// <summary>Reads an amount of memory as Kubernetes writes it: <c>1073741824</c>, <c>1Gi</c>, <c>512Mi</c>, <c>1.5G</c>.</summary>
internal static class MemorySize
{
    private static readonly (string Suffix, decimal Bytes)[] Units =
    [
        ("Ki", 1L << 10),
        ("Mi", 1L << 20),
        ("Gi", 1L << 30),
        ("Ti", 1L << 40),
        ("k", 1e3m),
        ("M", 1e6m),
        ("G", 1e9m),
        ("T", 1e12m),
    ];

    public static bool TryParse(string text, out long bytes)
    {
        var (suffix, unit) = Units.FirstOrDefault(
            candidate => text.EndsWith(candidate.Suffix, StringComparison.Ordinal),
            (Suffix: "", Bytes: 1m)
        );
        bytes = 0;
        if (
            !decimal.TryParse(
                text.AsSpan(0, text.Length - suffix.Length),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            )
            || number <= 0
            || number > long.MaxValue / unit
        )
        {
            return false;
        }

        bytes = (long)decimal.Ceiling(number * unit);
        return true;
    }
}
