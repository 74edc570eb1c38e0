using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>Counts the sessions of a thread.</summary>
internal static class SessionOrdinals
{
    /// <summary>
    /// Goes on to the next session when one has ended. Of several who find out at once, one advances the count; all
    /// get the same answer.
    /// </summary>
    /// <returns>The ordinal of the thread's current session.</returns>
    public static Task<int> AdvanceAsync(
        IStore store,
        string threadId,
        int ended,
        long nowMs,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync(
            async (context, cancellation) =>
            {
                await context
                    .Threads.Where(thread => thread.Id == threadId && thread.SessionOrdinal == ended)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(thread => thread.SessionOrdinal, ended + 1),
                        cancellation
                    );
                await context
                    .Sessions.Where(session =>
                        session.ThreadId == threadId && session.Ordinal == ended && session.EndedAtMs == null
                    )
                    .ExecuteUpdateAsync(set => set.SetProperty(session => session.EndedAtMs, nowMs), cancellation);
                return await context
                    .Threads.Where(thread => thread.Id == threadId)
                    .Select(thread => thread.SessionOrdinal)
                    .FirstOrDefaultAsync(cancellation);
            },
            cancellationToken
        );
}
