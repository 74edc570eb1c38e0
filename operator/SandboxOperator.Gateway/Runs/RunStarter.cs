using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Assistants;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.Messages;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Sessions;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Threads;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Runs;

/// <summary>Makes runs.</summary>
internal sealed class RunStarter(
    IStore store,
    ISandboxes sandboxes,
    GivenSessions sessions,
    RunDispatcher dispatcher,
    RunLeases leases,
    BudgetBook budgets,
    IOptions<RunLoopOptions> options,
    TimeProvider time
)
{
    /// <summary>
    /// 1. The assistant and the thread are looked up. 2. A project whose budget is used up is refused; a run that may use
    /// the code interpreter gets room for its sandbox, or none is made. 3. Thread, messages and run are stored together, leased to this process.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="threadId">The thread; null when the draft makes one.</param>
    /// <param name="draft">The run.</param>
    /// <param name="traceParent">The caller's trace context as W3C <c>traceparent</c>, or null.</param>
    /// <param name="cancellationToken">Ends the wait for the store, not what is stored.</param>
    /// <exception cref="ApiException">An object is missing, the thread is locked, or there is no room.</exception>
    public async Task<StartedRun> StartAsync(
        Caller caller,
        string? threadId,
        RunDraft draft,
        string? traceParent,
        CancellationToken cancellationToken
    )
    {
        // 1.
        var (assistant, thread) = await LookUpAsync(caller, threadId, draft, cancellationToken);
        var run = draft.Build(
            assistant,
            threadId ?? Ids.Thread(),
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            TimeSpan.FromSeconds(options.Value.LifetimeSeconds)
        );
        run.TraceParent = traceParent;
        run.LeaseOwner = leases.Owner;
        run.LeaseEpoch = 1;
        run.LeaseExpiresAtMs = run.CreatedAtMs + (options.Value.LeaseSeconds * 1000L);

        // 2.
        budgets.RequireQuota(run.Project);
        var slot = ToolsParameter.HasCodeInterpreter(run.Tools)
            ? await ReserveAsync(
                thread?.Session ?? SessionKeys.Of(run.Project, run.ThreadId, 1, draft.Thread?.GivenSession),
                cancellationToken
            )
            : null;
        try
        {
            // 3.
            var stored = await StoreAsync(draft, run, cancellationToken);
            if (draft.Thread is not null)
            {
                await sessions.HoldAsync(stored, cancellationToken);
            }

            return new StartedRun(run, draft.Thread is null ? null : stored, dispatcher.Hold(run, slot));
        }
        catch
        {
            if (slot is not null)
            {
                await slot.DisposeAsync();
            }

            throw;
        }
    }

    private Task<(AssistantEntity Assistant, ThreadEntity? Thread)> LookUpAsync(
        Caller caller,
        string? threadId,
        RunDraft draft,
        CancellationToken cancellationToken
    ) =>
        store.ReadAsync(
            async (context, cancellation) =>
            {
                var thread = threadId is null
                    ? null
                    : await ThreadRows.FindAsync(context, caller.Project, threadId, cancellation);
                var assistant =
                    await context.Assistants.FirstOrDefaultAsync(
                        row => row.Id == draft.AssistantId && row.Project == caller.Project,
                        cancellation
                    ) ?? throw ApiErrors.NotFound("assistant", draft.AssistantId);
                if (thread is not null)
                {
                    await RunRows.RequireIdleAsync(context, thread.Id, cancellation);
                }

                return (assistant, thread);
            },
            cancellationToken
        );

    private async Task<ISandboxSlot> ReserveAsync(SessionKey session, CancellationToken cancellationToken)
    {
        try
        {
            return await sandboxes.ReserveAsync(session, cancellationToken);
        }
        catch (SandboxCapacityException exception)
        {
            throw new ApiException(
                StatusCodes.Status429TooManyRequests,
                exception.Message,
                code: RunEnding.RateLimitExceeded,
                type: "rate_limit_error",
                retryAfter: exception.RetryAfter
            );
        }
        catch (SandboxUnavailableException exception)
        {
            throw ApiErrors.SandboxesUnavailable(exception.Message);
        }
    }

    private async Task<ThreadEntity> StoreAsync(RunDraft draft, RunEntity run, CancellationToken cancellationToken)
    {
        try
        {
            return await store.WriteAsync(
                async (context, cancellation) =>
                {
                    var thread = draft.Thread is { } made
                        ? await ThreadRows.AddAsync(
                            context,
                            run.Project,
                            made,
                            run.CreatedAtMs,
                            cancellation,
                            run.ThreadId
                        )
                        : await ThreadRows.FindAsync(context, run.Project, run.ThreadId, cancellation);
                    await AddAsync(context, draft, thread, run, cancellation);
                    return thread;
                },
                cancellationToken
            );
        }
        catch (DbUpdateException)
        {
            // The index that allows one active run a thread has decided between two requests.
            await store.ReadAsync(
                async (context, cancellation) =>
                {
                    await RunRows.RequireIdleAsync(context, run.ThreadId, cancellation);
                    return true;
                },
                cancellationToken
            );
            throw;
        }
    }

    private static async Task AddAsync(
        StoreContext context,
        RunDraft draft,
        ThreadEntity thread,
        RunEntity run,
        CancellationToken cancellationToken
    )
    {
        await RunRows.RequireIdleAsync(context, thread.Id, cancellationToken);
        await FileRows.RequireAsync(
            context,
            run.Project,
            draft.FileIds ?? [],
            ToolResourcesParameter.FileIdsPath,
            run.CreatedAtMs,
            cancellationToken
        );
        foreach (var message in draft.AdditionalMessages)
        {
            await MessageRows.AddAsync(context, thread, message, run.CreatedAtMs, cancellationToken);
            await context.SaveChangesAsync(cancellationToken);
        }

        run.AfterMessageSeq =
            await context
                .Messages.Where(message => message.ThreadId == thread.Id)
                .MaxAsync(message => (long?)message.Seq, cancellationToken)
            ?? 0;
        context.Runs.Add(run);
        await context.SaveChangesAsync(cancellationToken);
    }
}
