using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>What requests cost that are only forwarded.</summary>
internal sealed partial class RequestLedger(
    TokenBook tokens,
    BudgetBook budgets,
    IStore store,
    TimeProvider time,
    ILogger<RequestLedger> logger
)
{
    /// <summary>The caller has its answer already: nobody waits longer for a store that does not take the entry.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Refuses a request when nothing is left.</summary>
    /// <inheritdoc cref="BudgetRefusal.RequireQuota"/>
    public void Require(string project) => budgets.RequireQuota(project);

    /// <summary>Stores what the upstream has reported of an answer.</summary>
    /// <param name="project">Who pays.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="path">What was asked for, below <c>/v1</c>; stands for the model when the request names none.</param>
    /// <param name="model">The model that was asked, by its name at the upstream, or null.</param>
    /// <param name="usage">The tokens; null when none were reported: nobody guesses them.</param>
    public async Task RecordAsync(string project, string requestId, string path, string? model, ModelUsage? usage)
    {
        if (usage is null)
        {
            LedgerMetrics.Unreported(path);
            return;
        }

        var row = tokens.Enter(
            project,
            "",
            requestId,
            0,
            model ?? path,
            usage,
            time.GetUtcNow().ToUnixTimeMilliseconds()
        );
        using var deadline = new CancellationTokenSource(Deadline, time);
        try
        {
            await store
                .WriteAsync(
                    (context, cancellation) =>
                    {
                        context.TokenUses.Add(row);
                        return context.SaveChangesAsync(cancellation);
                    },
                    deadline.Token
                )
                .WaitAsync(deadline.Token);
        }
        catch (Exception exception)
        {
            // The answer is on its way: all that is left is to say what the ledger lacks. Budgets have counted it.
            Log.NotStored(logger, requestId, project, row.Model, row.Input, row.Output, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Error,
            "Tokens of request {RequestId} are not in the ledger: project {Project}, model {Model}, {Input} read, {Output} written"
        )]
        public static partial void NotStored(
            ILogger logger,
            string requestId,
            string project,
            string model,
            long input,
            long output,
            Exception exception
        );
    }
}
