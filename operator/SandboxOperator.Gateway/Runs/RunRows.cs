using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Threads;

namespace SandboxOperator.Gateway.Runs;

/// <summary>What requests ask of the rows of runs, inside the caller's read or write.</summary>
internal static class RunRows
{
    /// <summary>The run of that id.</summary>
    /// <exception cref="ApiException">404: the project has no such thread, or the thread no such run.</exception>
    public static async Task<RunEntity> FindAsync(
        StoreContext context,
        string project,
        string threadId,
        string id,
        CancellationToken cancellationToken
    )
    {
        var run = await context.Runs.FirstOrDefaultAsync(
            row => row.Id == id && row.ThreadId == threadId && row.Project == project,
            cancellationToken
        );
        if (run is null)
        {
            await ThreadRows.FindAsync(context, project, threadId, cancellationToken);
            throw ApiErrors.NotFound("run", id);
        }

        return run;
    }

    /// <summary>Refuses a run on a thread that another one locks.</summary>
    /// <exception cref="ApiException">400: one does.</exception>
    public static async Task RequireIdleAsync(
        StoreContext context,
        string threadId,
        CancellationToken cancellationToken
    )
    {
        if (await ThreadRows.ActiveRunAsync(context, threadId, cancellationToken) is { } active)
        {
            throw ApiErrors.Invalid($"Thread {threadId} already has an active run {active}.");
        }
    }
}
