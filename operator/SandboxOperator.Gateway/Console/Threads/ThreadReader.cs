using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Console.Runs;
using SandboxOperator.Gateway.Console.Text;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Console.Threads;

/// <summary>Reads threads.</summary>
internal sealed class ThreadReader(IStore store, RunLister runs)
{
    public const int PageSize = 50;
    private const int MaxMessages = 200;
    private const int MaxSessions = 50;
    private const int BeginningChars = 160;

    /// <summary>What the store hands over of a first message; it may be as long as a request.</summary>
    private const int ContentChars = 4096;

    /// <summary>Neither metadata nor tools: they may be long, and no page shows them.</summary>
    private static readonly Expression<Func<ThreadEntity, ThreadEntity>> Columns = thread => new ThreadEntity
    {
        Seq = thread.Seq,
        Id = thread.Id,
        Project = thread.Project,
        CreatedAtMs = thread.CreatedAtMs,
    };

    /// <summary>A page of threads, newest first, and the place of the next one, or null.</summary>
    public Task<(IReadOnlyList<ThreadRow> Rows, long? Next)> ListAsync(
        Viewer viewer,
        long? before,
        CancellationToken cancellationToken
    ) =>
        store.ReadAsync(
            async (context, cancellation) =>
            {
                var threads = await Of(context, viewer)
                    .Where(thread => before == null || thread.Seq < before)
                    .OrderByDescending(thread => thread.Seq)
                    .Take(PageSize + 1)
                    .Select(Columns)
                    .ToListAsync(cancellation);
                var rows = await RowsAsync(context, threads.Take(PageSize).ToList(), cancellation);
                return (rows, threads.Count > PageSize ? rows[^1].Seq : (long?)null);
            },
            cancellationToken
        );

    /// <exception cref="ApiException">The viewer has no such thread.</exception>
    public async Task<ThreadView> ReadAsync(Viewer viewer, string id, CancellationToken cancellationToken)
    {
        var (row, messages, sessions) = await store.ReadAsync(
            (context, cancellation) => LoadAsync(context, viewer, id, cancellation),
            cancellationToken
        );
        var filter = new RunFilter(null, null, id, null, null, null, null);
        var page = await runs.ListAsync(viewer, filter, cancellationToken);
        return new ThreadView(row, messages, page.Rows, sessions);
    }

    private static IQueryable<ThreadEntity> Of(StoreContext context, Viewer viewer) =>
        context.Threads.Where(thread => viewer.OnlyProject == null || thread.Project == viewer.OnlyProject);

    private static async Task<IReadOnlyList<ThreadRow>> RowsAsync(
        StoreContext context,
        List<ThreadEntity> threads,
        CancellationToken cancellationToken
    )
    {
        var ids = threads.Select(thread => thread.Id).ToList();
        var messages = await context
            .Messages.Where(message => ids.Contains(message.ThreadId))
            .GroupBy(message => message.ThreadId)
            .Select(group => new
            {
                group.Key,
                Count = group.Count(),
                First = group.Min(message => message.Seq),
            })
            .ToDictionaryAsync(group => group.Key, StringComparer.Ordinal, cancellationToken);
        var firsts = messages.Values.Select(group => group.First).ToList();
        var texts = await context
            .Messages.Where(message => firsts.Contains(message.Seq))
            .Select(message => new { message.ThreadId, Content = message.Content.Substring(0, ContentChars) })
            .ToDictionaryAsync(
                message => message.ThreadId,
                message => message.Content,
                StringComparer.Ordinal,
                cancellationToken
            );
        var counted = await context
            .Runs.Where(run => ids.Contains(run.ThreadId))
            .GroupBy(run => run.ThreadId)
            .Select(group => new
            {
                group.Key,
                Count = group.Count(),
                Last = group.Max(run => run.CreatedAtMs),
            })
            .ToDictionaryAsync(group => group.Key, StringComparer.Ordinal, cancellationToken);
        return
        [
            .. threads.Select(thread => new ThreadRow(
                thread.Seq,
                thread.Id,
                thread.Project,
                texts.TryGetValue(thread.Id, out var first) ? MessageText.Beginning(first, BeginningChars) : "",
                thread.CreatedAtMs,
                messages.GetValueOrDefault(thread.Id)?.Count ?? 0,
                counted.GetValueOrDefault(thread.Id)?.Count ?? 0,
                counted.GetValueOrDefault(thread.Id)?.Last
            )),
        ];
    }

    private static async Task<(ThreadRow, IReadOnlyList<ThreadMessage>, IReadOnlyList<ThreadSession>)> LoadAsync(
        StoreContext context,
        Viewer viewer,
        string id,
        CancellationToken cancellationToken
    )
    {
        var thread =
            await Of(context, viewer).Where(row => row.Id == id).Select(Columns).FirstOrDefaultAsync(cancellationToken)
            ?? throw ApiErrors.NotFound("thread", id);
        var rows = await RowsAsync(context, [thread], cancellationToken);
        var messages = await context
            .Messages.Where(message => message.ThreadId == id)
            .OrderByDescending(message => message.Seq)
            .Take(MaxMessages)
            .Select(ShownMessage.OfRow)
            .ToListAsync(cancellationToken);
        messages.Reverse();
        var fileIds = messages.SelectMany(FilesOf).Distinct(StringComparer.Ordinal).ToList();
        var files = await context
            .Files.Where(file => fileIds.Contains(file.Id) && file.Project == thread.Project)
            .Select(file => new ShownFile(file.Id, file.Filename, file.Bytes))
            .ToDictionaryAsync(file => file.Id, StringComparer.Ordinal, cancellationToken);
        var sessions = await context
            .Sessions.Where(session => session.ThreadId == id)
            .OrderByDescending(session => session.Ordinal)
            .Take(MaxSessions)
            .Select(session => new ThreadSession(
                session.Ordinal,
                session.StartedAtMs,
                session.LastActivityAtMs,
                session.EndedAtMs,
                session.Launch
            ))
            .ToListAsync(cancellationToken);
        return (rows[0], [.. messages.Select(message => Show(message, files))], sessions);
    }

    private static ThreadMessage Show(ShownMessage message, Dictionary<string, ShownFile> files) =>
        new(
            message.Id,
            message.Role == "user",
            MessageText.Of(message.Content),
            message.CreatedAtMs,
            message.RunId,
            [.. FilesOf(message).Select(id => files.GetValueOrDefault(id) ?? new ShownFile(id, id, null))],
            MessageText.Pictures(message.Content)
        );

    private static IEnumerable<string> FilesOf(ShownMessage message) =>
        MessageText.Attached(message.Attachments).Concat(MessageText.LinkedFiles(message.Content));
}
