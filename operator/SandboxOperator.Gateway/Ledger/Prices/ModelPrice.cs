namespace SandboxOperator.Gateway.Ledger.Prices;

/// <summary>What a model's tokens cost, in dollars per million.</summary>
internal sealed record ModelPrice(decimal Input, decimal CachedInput, decimal Output)
{
    private const decimal NanosPerToken = Nanos.PerDollar / 1_000_000m;

    /// <summary>Costs nothing.</summary>
    public static readonly ModelPrice Free = new(0, 0, 0);

    public bool IsFree => this == Free;

    /// <summary>What tokens cost.</summary>
    /// <param name="input">Tokens read, those of the cache included.</param>
    /// <param name="cachedInput">Tokens read from the cache; no more than <paramref name="input"/> count.</param>
    /// <param name="output">Tokens written.</param>
    public TokenCost Of(long input, long cachedInput, long output)
    {
        var cached = Math.Min(cachedInput, input);
        return new TokenCost(Cost(input - cached, Input), Cost(cached, CachedInput), Cost(output, Output));
    }

    private static long Cost(long tokens, decimal price) => (long)decimal.Round(tokens * price * NanosPerToken);
}
