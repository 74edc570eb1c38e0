using System.Globalization;

namespace SandboxOperator.Benchmarks;

/// <summary>One row of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Measured">Our figure, with its unit and spread.</param>
/// <param name="Against">What it is compared with, and that figure; empty when the goal is absolute.</param>
/// <param name="Goal">The goal in words.</param>
/// <param name="Value">The figure that the goal is about: a ratio, or an absolute value.</param>
/// <param name="Bound">What the value is held against.</param>
/// <param name="HigherIsBetter">True when the value must be at least the bound.</param>
internal sealed record Row(
    string What,
    string Measured,
    string Against,
    string Goal,
    double Value,
    double Bound,
    bool HigherIsBetter = false
)
{
    public bool Met => HigherIsBetter ? Value >= Bound : Value <= Bound;

    /// <summary>The value as the table shows it.</summary>
    public string Shown => Value.ToString(Value < 10 ? "0.###" : "0.#", CultureInfo.InvariantCulture);
}
