using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.Ledger.Tariffs;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>Opens the ledger for runs.</summary>
internal sealed class RunLedgers(Tariff tariff, TokenBook tokens, BudgetBook budgets)
{
    /// <inheritdoc cref="RunLedger(RunEntity, IReadOnlyList{SessionChargeEntity}, IReadOnlyList{TokenUseEntity}, Tariff, TokenBook, BudgetBook)"/>
    public RunLedger Open(
        RunEntity run,
        IReadOnlyList<SessionChargeEntity> charges,
        IReadOnlyList<TokenUseEntity> uses
    ) => new(run, charges, uses, tariff, tokens, budgets);
}
