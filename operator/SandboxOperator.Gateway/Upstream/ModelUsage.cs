namespace SandboxOperator.Gateway.Upstream;

/// <summary>Tokens of one turn.</summary>
/// <param name="PromptTokens">Read.</param>
/// <param name="CompletionTokens">Written.</param>
/// <param name="CachedTokens">Read from the upstream's cache, part of <paramref name="PromptTokens"/>.</param>
/// <param name="ReasoningTokens">Thought, part of <paramref name="CompletionTokens"/>.</param>
/// <param name="Estimated">True when the upstream reported nothing and we counted.</param>
internal sealed record ModelUsage(
    long PromptTokens,
    long CompletionTokens,
    long CachedTokens,
    long ReasoningTokens,
    bool Estimated
);
