namespace SandboxOperator.Gateway.Ledger.Usage;

/// <summary>Tokens of a bucket of time.</summary>
/// <param name="StartMs">The bucket.</param>
/// <param name="Project">Null unless sums are told apart by it.</param>
/// <param name="Model">Null unless sums are told apart by it.</param>
/// <param name="Requests">Turns of models.</param>
/// <param name="Unpriced">Turns whose price was not known; their nano-dollars are in none of the sums.</param>
/// <param name="Input">Tokens read, cached ones included.</param>
/// <param name="CachedInput">Tokens read from a cache.</param>
/// <param name="Output">Tokens written.</param>
/// <param name="InputNanos">Nano-dollars of the input that was not cached.</param>
/// <param name="CachedInputNanos">Nano-dollars.</param>
/// <param name="OutputNanos">Nano-dollars.</param>
internal sealed record TokenSum(
    long StartMs,
    string? Project,
    string? Model,
    long Requests,
    long Unpriced,
    long Input,
    long CachedInput,
    long Output,
    long InputNanos,
    long CachedInputNanos,
    long OutputNanos
)
{
    /// <summary>Nano-dollars of all tokens whose price was known.</summary>
    public long Nanos => InputNanos + CachedInputNanos + OutputNanos;
}
