using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.Ledger.Prices;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>Makes the entries of tokens: priced, counted against budgets, and seen in metrics.</summary>
internal sealed class TokenBook(PriceTable prices, UnpricedModels unpriced, BudgetBook budgets)
{
    /// <summary>Whether a model is known to cost something.</summary>
    /// <param name="model">Its name at the upstream.</param>
    public bool HasPrice(string model) => prices.Find(model) is { IsFree: false };

    /// <summary>The entry of tokens that were used, for the transaction that stores it.</summary>
    /// <param name="project">Who pays.</param>
    /// <param name="thread">For which thread; empty for a request that was forwarded.</param>
    /// <param name="id">The run, or the request that was forwarded.</param>
    /// <param name="turn">The index of the turn in its run.</param>
    /// <param name="model">The model's name at the upstream.</param>
    /// <param name="usage">The tokens.</param>
    /// <param name="nowMs">Now.</param>
    public TokenUseEntity Enter(
        string project,
        string thread,
        string id,
        int turn,
        string model,
        ModelUsage usage,
        long nowMs
    )
    {
        var cost = prices.Find(model)?.Of(usage.PromptTokens, usage.CachedTokens, usage.CompletionTokens);
        if (cost is { } known)
        {
            budgets.Spend(project, thread, known.Total);
            LedgerMetrics.TokensCharged(known.Total);
        }
        else
        {
            unpriced.Note(model);
        }

        var cached = Math.Min(usage.CachedTokens, usage.PromptTokens);
        LedgerMetrics.Used(usage.PromptTokens, cached, usage.CompletionTokens, cost is not null);
        return new TokenUseEntity
        {
            Project = project,
            RunId = id,
            Turn = turn,
            Model = model,
            AtMs = nowMs,
            Input = usage.PromptTokens,
            CachedInput = cached,
            Output = usage.CompletionTokens,
            Estimated = usage.Estimated,
            InputNanos = cost?.Input,
            CachedInputNanos = cost?.CachedInput,
            OutputNanos = cost?.Output,
        };
    }
}
