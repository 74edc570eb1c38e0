namespace SandboxOperator.Gateway.Ledger;

/// <summary>Money inside the gateway: whole nano-dollars, so that sums are exact. Dollars are for settings and answers.</summary>
internal static class Nanos
{
    public const long PerDollar = 1_000_000_000;

    /// <summary>The name of the dollar in answers.</summary>
    public const string Currency = "usd";

    /// <exception cref="OverflowException">More than nine thousand million dollars.</exception>
    public static long OfDollars(decimal dollars) => (long)decimal.Round(dollars * PerDollar);

    public static decimal ToDollars(long nanos) => (decimal)nanos / PerDollar;
}
