using System.Runtime.InteropServices;

namespace SandboxOperator.Gateway.Ledger.Prices;

/// <summary>What the tokens of a turn cost, in nano-dollars.</summary>
/// <param name="Input">Tokens read that were not cached.</param>
/// <param name="CachedInput">Tokens read from the cache.</param>
/// <param name="Output">Tokens written.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TokenCost(long Input, long CachedInput, long Output)
{
    public long Total => Input + CachedInput + Output;
}
