using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Runs;

/// <summary>Takes requests to cancel runs.</summary>
internal sealed class RunCanceller(IStore store, RunDispatcher dispatcher)
{
    /// <summary>Notes the request durably, then tells whoever works on the run.</summary>
    /// <exception cref="ApiException">There is no such run, or it has ended.</exception>
    public async Task<RunEntity> CancelAsync(
        Caller caller,
        string threadId,
        string id,
        CancellationToken cancellationToken
    )
    {
        var run = await store.WriteAsync(
            async (context, cancellation) =>
            {
                var found = await RunRows.FindAsync(context, caller.Project, threadId, id, cancellation);
                if (RunStatuses.Terminal.Contains(found.Status))
                {
                    throw ApiErrors.Invalid($"Cannot cancel run with status '{found.Status}'.");
                }

                await context
                    .Runs.Where(row =>
                        row.Id == id
                        && (
                            row.Status == RunStatuses.Queued
                            || row.Status == RunStatuses.InProgress
                            || row.Status == RunStatuses.RequiresAction
                        )
                    )
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(row => row.Status, RunStatuses.Cancelling)
                                .SetProperty(row => row.CancelRequested, true),
                        cancellation
                    );
                found.Status = RunStatuses.Cancelling;
                found.RequiredAction = null;
                return found;
            },
            cancellationToken
        );
        if (dispatcher.Find(id) is { } active)
        {
            dispatcher.StopRun(active, StopReason.Cancelled);
        }
        else if (run.LeaseOwner is null)
        {
            await dispatcher.TakeAsync(id);
        }

        return run;
    }
}
