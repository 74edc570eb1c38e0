using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.Ledger.Prices;
using SandboxOperator.Gateway.Ledger.Rollup;
using SandboxOperator.Gateway.Ledger.Tariffs;
using SandboxOperator.Gateway.Ledger.Usage;
using SandboxOperator.Sandboxes;
using SandboxOperator.Sandboxes.Local;

namespace SandboxOperator.Gateway.Ledger;

internal static class LedgerServices
{
    /// <summary>Before the services that work on runs: budgets are read first.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<TariffOptions>(configuration.GetSection(TariffOptions.Section));
        services.Configure<List<BudgetOptions>>(configuration.GetSection(BudgetOptions.Section));
        services.AddSingleton(provider =>
            Tariff.From(
                provider.GetRequiredService<IOptions<TariffOptions>>().Value,
                // Where sandboxes are not on this machine this is its default, which runtimes share.
                provider.GetRequiredService<IOptions<LocalSandboxOptions>>().Value.MemoryBytes
            )
        );
        services.AddSingleton(_ => new PriceTable(configuration));
        services.AddSingleton<UnpricedModels>();
        services.AddSingleton<UsageReader>();
        services.AddSingleton(provider => new BudgetBook(
            Budget.From(provider.GetRequiredService<IOptions<List<BudgetOptions>>>().Value),
            provider.GetRequiredService<UsageReader>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BudgetBook>>(),
            provider.GetService<ISessionWarnings>()
        ));
        services.AddSingleton<TokenBook>();
        services.AddSingleton<RunLedgers>();
        services.AddSingleton<RequestLedger>();
        services.AddSingleton<ICosts, Costs>();
        services.AddSingleton<CostRollup>();
        return services.AddHostedService<LedgerLoop>();
    }
}
