using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Assistants;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Messages;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Threads;

/// <summary>What requests do to the rows of threads, inside the caller's read or write.</summary>
internal static class ThreadRows
{
    private static readonly string[] Active = ["queued", "in_progress", "requires_action", "cancelling"];

    /// <summary>The thread of that id.</summary>
    /// <exception cref="ApiException">404: the project has none.</exception>
    public static async Task<ThreadEntity> FindAsync(
        StoreContext context,
        string project,
        string id,
        CancellationToken cancellationToken
    ) =>
        await context.Threads.FirstOrDefaultAsync(row => row.Id == id && row.Project == project, cancellationToken)
        ?? throw ApiErrors.NotFound("thread", id);

    /// <summary>The id of the run that locks the thread, or null.</summary>
    public static Task<string?> ActiveRunAsync(
        StoreContext context,
        string threadId,
        CancellationToken cancellationToken
    ) =>
        context
            .Runs.Where(row => row.ThreadId == threadId && Active.Contains(row.Status))
            .Select(row => row.Id)
            .FirstOrDefaultAsync(cancellationToken)!;

    /// <summary>Adds a thread with its messages and saves them.</summary>
    /// <exception cref="ApiException">A file it names does not exist.</exception>
    public static async Task<ThreadEntity> AddAsync(
        StoreContext context,
        string project,
        ThreadDraft draft,
        long nowMs,
        CancellationToken cancellationToken,
        string? id = null
    )
    {
        await FileRows.RequireAsync(context, project, draft.FileIds ?? [], draft.FileIdsPath, nowMs, cancellationToken);
        var thread = new ThreadEntity
        {
            Id = id ?? Ids.Thread(),
            Project = project,
            CreatedAtMs = nowMs,
            Metadata = draft.Metadata,
            ToolResources = ToolResourcesParameter.Text(draft.FileIds),
            GivenSession = draft.GivenSession,
        };
        context.Threads.Add(thread);
        foreach (var message in draft.Messages)
        {
            await MessageRows.AddAsync(context, thread, message, nowMs, cancellationToken);
        }
        await context.SaveChangesAsync(cancellationToken);
        return thread;
    }

    /// <summary>Deletes everything of a thread but its sessions, which are ended by whoever keeps sandboxes.</summary>
    public static async Task DeleteAsync(StoreContext context, string id, CancellationToken cancellationToken)
    {
        await context.Calls.Where(row => row.ThreadId == id).ExecuteDeleteAsync(cancellationToken);
        await context.ToolResults.Where(row => row.ThreadId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Turns.Where(row => row.ThreadId == id).ExecuteDeleteAsync(cancellationToken);
        await context.RunSteps.Where(row => row.ThreadId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Runs.Where(row => row.ThreadId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Messages.Where(row => row.ThreadId == id).ExecuteDeleteAsync(cancellationToken);
        await context.ThreadFiles.Where(row => row.ThreadId == id).ExecuteDeleteAsync(cancellationToken);
        await context.Threads.Where(row => row.Id == id).ExecuteDeleteAsync(cancellationToken);
    }
}
