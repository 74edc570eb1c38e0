using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>Who works on which run, in the store.</summary>
internal sealed class RunLeases(IStore store)
{
    /// <summary>This gateway, as the owner of leases: another one at each start.</summary>
    public string Owner { get; } = $"{Environment.MachineName}-{Guid.NewGuid():N}";

    /// <summary>Takes a run over if nobody holds it.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="nowMs">Leases that lapsed before are nobody's.</param>
    /// <param name="leaseExpiresAtMs">When the new lease lapses.</param>
    /// <param name="onlyOwner">Whether other owners are predecessors of this process, whose leases mean nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The run, or null when it has ended or somebody else holds it.</returns>
    public Task<RunEntity?> TakeAsync(
        string runId,
        long nowMs,
        long leaseExpiresAtMs,
        bool onlyOwner,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync(
            async (context, cancellation) =>
            {
                var taken = await Active(context)
                    .Where(run => run.Id == runId)
                    .Where(run =>
                        run.LeaseOwner == null || run.LeaseExpiresAtMs < nowMs || (onlyOwner && run.LeaseOwner != Owner)
                    )
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(run => run.LeaseOwner, Owner)
                                .SetProperty(run => run.LeaseEpoch, run => run.LeaseEpoch + 1)
                                .SetProperty(run => run.LeaseExpiresAtMs, leaseExpiresAtMs),
                        cancellation
                    );
                return taken == 0
                    ? null
                    : await context.Runs.AsNoTracking().FirstOrDefaultAsync(run => run.Id == runId, cancellation);
            },
            cancellationToken
        );

    /// <summary>Gives a run back, so that another process may take it at once.</summary>
    public Task ReleaseAsync(string runId, long epoch) =>
        store.WriteAsync(
            (context, cancellation) =>
                context
                    .Runs.Where(run => run.Id == runId && run.LeaseEpoch == epoch)
                    .ExecuteUpdateAsync(set => set.SetProperty(run => run.LeaseOwner, (string?)null), cancellation),
            CancellationToken.None
        );

    /// <summary>Renews leases of this process.</summary>
    public Task<int> RenewAsync(
        IReadOnlyCollection<string> runIds,
        long leaseExpiresAtMs,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync(
            (context, cancellation) =>
                Active(context)
                    .Where(run => run.LeaseOwner == Owner && runIds.Contains(run.Id))
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(run => run.LeaseExpiresAtMs, leaseExpiresAtMs),
                        cancellation
                    ),
            cancellationToken
        );

    /// <summary>The runs that have not ended.</summary>
    public Task<List<RunEntity>> ListAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(
            (context, cancellation) => Active(context).OrderBy(run => run.Seq).ToListAsync(cancellation),
            cancellationToken
        );

    private static IQueryable<RunEntity> Active(StoreContext context) =>
        context.Runs.Where(run =>
            run.Status == RunStatuses.Queued
            || run.Status == RunStatuses.InProgress
            || run.Status == RunStatuses.RequiresAction
            || run.Status == RunStatuses.Cancelling
        );
}
