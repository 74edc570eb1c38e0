using System.Globalization;

namespace SandboxOperator.Benchmarks;

/// <summary>Figures of one kind, summed up by their median, as these machines are noisy.</summary>
internal sealed class Sample(IEnumerable<double> values)
{
    private readonly double[] _sorted = [.. values.Order()];

    public double Median => Percentile(0.5);

    public double Percentile(double share) =>
        _sorted.Length == 0 ? double.NaN : _sorted[(int)Math.Round(share * (_sorted.Length - 1))];

    /// <summary>For example <c>0.61 ms (0.52 to 1.90, n = 200)</c>, with minimum and 95th percentile.</summary>
    public string Show(string unit) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Round(Median)} {unit} ({Round(_sorted[0])} to {Round(Percentile(0.95))}, n = {_sorted.Length})"
        );

    private static string Round(double value) =>
        value.ToString(
            value < 10 ? "0.00"
                : value < 100 ? "0.0"
                : "0",
            CultureInfo.InvariantCulture
        );
}
