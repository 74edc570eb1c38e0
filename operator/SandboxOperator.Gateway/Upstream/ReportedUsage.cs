using System.Text.Json;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>Reads the tokens that a server reports, in the names of completions or of pictures and sound.</summary>
internal static class ReportedUsage
{
    /// <summary>More than any request has, and few enough to be added up.</summary>
    private const long MaxTokens = 1_000_000_000;

    /// <summary>The tokens of a <c>usage</c> object; null when it does not say how many were read.</summary>
    public static ModelUsage? Read(JsonElement usage) =>
        (Tokens(usage, "prompt_tokens") ?? Tokens(usage, "input_tokens")) is { } read
            ? new ModelUsage(
                read,
                Tokens(usage, "completion_tokens") ?? Tokens(usage, "output_tokens") ?? 0,
                Tokens(LenientJson.Property(usage, "prompt_tokens_details"), "cached_tokens")
                    ?? Tokens(LenientJson.Property(usage, "input_tokens_details"), "cached_tokens")
                    ?? 0,
                Tokens(LenientJson.Property(usage, "completion_tokens_details"), "reasoning_tokens") ?? 0,
                Estimated: false
            )
            : null;

    private static long? Tokens(JsonElement? parent, string name) =>
        LenientJson.Integer(parent, name) is { } tokens ? Math.Clamp(tokens, 0, MaxTokens) : null;
}
