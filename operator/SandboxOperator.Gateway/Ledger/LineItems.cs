using SandboxOperator.Gateway.Ledger.Usage;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>The lines of a bill.</summary>
internal static class LineItems
{
    public const string Sessions = "code interpreter";

    /// <summary>Takes the tokens of a model apart: input that was not cached, cached input, output.</summary>
    /// <returns>
    /// Name, tokens and nano-dollars, which are null when no price was known; lines without tokens
    /// are left out.
    /// </returns>
    public static IEnumerable<(string Item, long Tokens, long? Nanos)> Of(TokenSum sum)
    {
        (string Kind, long Tokens, long Nanos)[] parts =
        [
            ("input", sum.Input - sum.CachedInput, sum.InputNanos),
            ("cached input", sum.CachedInput, sum.CachedInputNanos),
            ("output", sum.Output, sum.OutputNanos),
        ];
        return parts
            .Where(part => part.Tokens != 0)
            .Select(part =>
                ($"{sum.Model}, {part.Kind}", part.Tokens, sum.Unpriced == sum.Requests ? null : (long?)part.Nanos)
            );
    }
}
