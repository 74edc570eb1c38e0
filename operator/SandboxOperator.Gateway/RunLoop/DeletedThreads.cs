using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Threads;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>Stops the run of a deleted thread and ends its session.</summary>
internal sealed partial class DeletedThreads(
    RunDispatcher dispatcher,
    ISandboxes sandboxes,
    IStore store,
    TimeProvider time,
    ILogger<DeletedThreads> logger
) : IThreadDeleted
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public async Task OnDeletedAsync(DeletedThread thread, CancellationToken cancellationToken)
    {
        dispatcher.StopThread(thread.Id);
        try
        {
            await EndAsync(thread).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception exception)
        {
            // The session ends when it has been idle for long enough.
            Log.NotEnded(logger, thread.Id, exception);
        }
    }

    private async Task EndAsync(DeletedThread thread)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await store.WriteAsync(
            (context, cancellation) =>
                context
                    .Sessions.Where(session => session.ThreadId == thread.Id && session.EndedAtMs == null)
                    .ExecuteUpdateAsync(set => set.SetProperty(session => session.EndedAtMs, now), cancellation),
            CancellationToken.None
        );
        await sandboxes.EndAsync(thread.Session, CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The session of the deleted thread {ThreadId} could not be ended yet")]
        public static partial void NotEnded(ILogger logger, string threadId, Exception exception);
    }
}
