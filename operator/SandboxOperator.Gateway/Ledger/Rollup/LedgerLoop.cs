using SandboxOperator.Gateway.Ledger.Budgets;

namespace SandboxOperator.Gateway.Ledger.Rollup;

/// <summary>Reads the budgets before runs begin, and once a minute rolls the ledger up.</summary>
internal sealed partial class LedgerLoop(
    BudgetBook budgets,
    CostRollup rollup,
    TimeProvider time,
    ILogger<LedgerLoop> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        LedgerMetrics.Announce();
        await budgets.LoadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            try
            {
                budgets.Refresh();
                await rollup.RunAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Answers stay right without it, and it is tried again.
                Log.NotRolledUp(logger, exception);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "The ledger's sums could not be brought up to date; usage takes longer to read"
        )]
        public static partial void NotRolledUp(ILogger logger, Exception exception);
    }
}
