using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Assistants;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Messages;

/// <summary>What requests do to the rows of messages, inside the caller's read or write.</summary>
internal static class MessageRows
{
    /// <summary>The message of that id.</summary>
    /// <exception cref="ApiException">404: the thread has none.</exception>
    public static async Task<MessageEntity> FindAsync(
        StoreContext context,
        string threadId,
        string id,
        CancellationToken cancellationToken
    ) =>
        await context.Messages.FirstOrDefaultAsync(row => row.Id == id && row.ThreadId == threadId, cancellationToken)
        ?? throw ApiErrors.NotFound("message", id);

    /// <summary>
    /// Adds a message, and its files to the thread's. The thread must be tracked, or be new; the caller saves, and
    /// has made sure that no run is active.
    /// </summary>
    /// <exception cref="ApiException">A file it names does not exist, or the thread has too many files.</exception>
    public static async Task<MessageEntity> AddAsync(
        StoreContext context,
        ThreadEntity thread,
        MessageDraft draft,
        long nowMs,
        CancellationToken cancellationToken
    )
    {
        foreach (var (id, path) in draft.Content.FileIds.Concat(draft.Attachments.FileIds))
        {
            await FileRows.RequireAsync(context, thread.Project, [id], path, nowMs, cancellationToken);
        }
        AddFiles(thread, draft.Attachments);
        var message = new MessageEntity
        {
            Id = Ids.Message(),
            Project = thread.Project,
            ThreadId = thread.Id,
            CreatedAtMs = nowMs,
            Role = draft.Role,
            Content = draft.Content.Json,
            Attachments = draft.Attachments.Json,
            Metadata = draft.Metadata,
            CompletedAtMs = nowMs,
        };
        context.Messages.Add(message);
        return message;
    }

    private static void AddFiles(ThreadEntity thread, AttachmentsDraft attachments)
    {
        if (attachments.InterpreterFileIds.Count == 0)
        {
            return;
        }
        var ids = (ToolResourcesParameter.Ids(thread.ToolResources) ?? [])
            .Concat(attachments.InterpreterFileIds)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (ids.Count > ToolResourcesParameter.MaxFiles)
        {
            throw ApiErrors.Invalid(
                $"Invalid '{attachments.Path}': the thread would have {ids.Count} files for the code interpreter, and at most {ToolResourcesParameter.MaxFiles} are allowed.",
                attachments.Path,
                "array_above_max_length"
            );
        }
        thread.ToolResources = ToolResourcesParameter.Text(ids);
    }
}
