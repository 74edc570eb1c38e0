using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Sessions;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>What the store knows when work on a run begins: the thread before it, and what the run has done already.</summary>
internal sealed record RunHistory
{
    /// <summary>Messages that are looked at, the newest; more never fit a model's context.</summary>
    private const int MaxMessages = 400;

    /// <summary>The thread in order, this run's turns last.</summary>
    public required List<HistoryItem> Items { get; init; }

    /// <summary>This run's turns in order.</summary>
    public IReadOnlyList<TurnEntity> Turns { get; init; } = [];

    /// <summary>What the tool calls of this run's turns came to.</summary>
    public IReadOnlyList<ToolResultEntity> Results { get; init; } = [];

    /// <summary>This run's steps in order.</summary>
    public IReadOnlyList<RunStepEntity> Steps { get; init; } = [];

    /// <summary>This run's messages that are in progress.</summary>
    public IReadOnlyList<MessageEntity> OpenMessages { get; init; } = [];

    /// <summary>This run's calls.</summary>
    public IReadOnlyList<CallEntity> Calls { get; init; } = [];

    /// <summary>What this run's calls have caused to be charged.</summary>
    public IReadOnlyList<SessionChargeEntity> Charges { get; init; } = [];

    /// <summary>What this run's turns have used.</summary>
    public IReadOnlyList<TokenUseEntity> TokenUses { get; init; } = [];

    /// <summary>The thread's session and files.</summary>
    public required SessionKnowledge Session { get; init; }

    public static Task<RunHistory> ReadAsync(
        IStore store,
        RunEntity run,
        bool withFiles,
        CancellationToken cancellationToken
    ) =>
        store.ReadAsync((context, cancellation) => ReadAsync(context, run, withFiles, cancellation), cancellationToken);

    private static async Task<RunHistory> ReadAsync(
        StoreContext context,
        RunEntity run,
        bool withFiles,
        CancellationToken cancellationToken
    )
    {
        // 1. The thread's messages, and the turns of runs that were made after one of them.
        var messages = await context
            .Messages.Where(message => message.ThreadId == run.ThreadId)
            .OrderByDescending(message => message.Seq)
            .Take(MaxMessages)
            .ToListAsync(cancellationToken);
        messages.Reverse();
        var first = messages.Count < MaxMessages ? 0 : messages[0].Seq;
        var runs = await context
            .Runs.Where(row => row.ThreadId == run.ThreadId && row.AfterMessageSeq >= first)
            .Select(row => new RunEntity
            {
                Id = row.Id,
                Project = row.Project,
                ThreadId = row.ThreadId,
                AssistantId = row.AssistantId,
                Model = row.Model,
                AfterMessageSeq = row.AfterMessageSeq,
            })
            .ToListAsync(cancellationToken);
        var isFirst = runs.Count == 1 && run.StartedAtMs is null;
        List<TurnEntity> turns = isFirst
            ? []
            : await context
                .Turns.Where(turn => turn.ThreadId == run.ThreadId)
                .OrderBy(turn => turn.Seq)
                .ToListAsync(cancellationToken);
        List<ToolResultEntity> results = isFirst
            ? []
            : await context
                .ToolResults.Where(result => result.ThreadId == run.ThreadId)
                .OrderBy(result => result.Seq)
                .ToListAsync(cancellationToken);
        var items = ThreadHistory.From(messages, runs, turns, results);

        var history = new RunHistory
        {
            Items = [.. items],
            Session = await ReadSessionAsync(context, run, withFiles, cancellationToken),
        };
        if (run.StartedAtMs is null)
        {
            return history;
        }

        // 2. What the run itself has done.
        return history with
        {
            Turns = [.. turns.Where(turn => turn.RunId == run.Id)],
            Results = [.. results.Where(result => result.RunId == run.Id)],
            OpenMessages =
            [
                .. messages.Where(message => message.RunId == run.Id && message.Status == MessageStatuses.InProgress),
            ],
            Steps = await context
                .RunSteps.Where(step => step.RunId == run.Id)
                .OrderBy(step => step.Seq)
                .ToListAsync(cancellationToken),
            Calls = await context.Calls.Where(call => call.RunId == run.Id).ToListAsync(cancellationToken),
            Charges = await context
                .SessionCharges.Where(charge => charge.ThreadId == run.ThreadId && charge.RunId == run.Id)
                .ToListAsync(cancellationToken),
            TokenUses = await context.TokenUses.Where(use => use.RunId == run.Id).ToListAsync(cancellationToken),
        };
    }

    private static async Task<SessionKnowledge> ReadSessionAsync(
        StoreContext context,
        RunEntity run,
        bool withFiles,
        CancellationToken cancellationToken
    )
    {
        var thread = await context.Threads.FirstOrDefaultAsync(row => row.Id == run.ThreadId, cancellationToken);
        if (thread is null)
        {
            throw new LeaseLostException("The thread was deleted.");
        }

        var session = await context.Sessions.FirstOrDefaultAsync(
            row => row.ThreadId == run.ThreadId && row.Ordinal == thread.SessionOrdinal,
            cancellationToken
        );
        if (!withFiles)
        {
            return new SessionKnowledge(thread.SessionOrdinal, session, [], [], SessionKnowledge.PathsOf(null))
            {
                Given = thread.GivenSession,
            };
        }

        var earlier =
            thread.SessionOrdinal == 1
                ? null
                : await context
                    .Sessions.Where(row => row.ThreadId == run.ThreadId && row.Ordinal < thread.SessionOrdinal)
                    .OrderByDescending(row => row.Ordinal)
                    .FirstOrDefaultAsync(cancellationToken);
        var linked = await context
            .ThreadFiles.Where(row => row.ThreadId == run.ThreadId)
            .OrderBy(row => row.Seq)
            .ToListAsync(cancellationToken);
        string[] attached = [.. FileIds(run.ToolResources), .. FileIds(thread.ToolResources)];
        string[] ids = [.. attached.Concat(linked.Select(row => row.FileId)).Distinct(StringComparer.Ordinal)];
        var files =
            ids.Length == 0
                ? []
                : await context
                    .Files.Where(file => ids.Contains(file.Id) && file.Project == run.Project)
                    .ToDictionaryAsync(file => file.Id, StringComparer.Ordinal, cancellationToken);
        return new SessionKnowledge(
            thread.SessionOrdinal,
            session,
            [.. attached.Distinct(StringComparer.Ordinal).Where(files.ContainsKey).Select(id => files[id])],
            [
                .. linked
                    .Where(row => files.ContainsKey(row.FileId))
                    .Select(row => new PlacedFile(files[row.FileId], row.Path)),
            ],
            SessionKnowledge.PathsOf(earlier)
        )
        {
            Given = thread.GivenSession,
        };
    }

    private static IEnumerable<string> FileIds(string toolResources) =>
        (JsonNode.Parse(toolResources)?["code_interpreter"]?["file_ids"] as JsonArray ?? [])
            .Select(id => (string?)id)
            .OfType<string>();
}
