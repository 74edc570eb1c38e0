using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Finds runs.</summary>
internal sealed class RunLister(IStore store, TimeProvider time)
{
    private const int PageSize = 50;
    private const int MaxChoices = 200;

    /// <summary>Searches at the same time; a project has half of them at most.</summary>
    private const int MaxSearches = 4;
    private const int PromptChars = 200;

    /// <summary>What the store hands over of a prompt; it may be as long as a request.</summary>
    private const int ContentChars = 4096;

    /// <summary>A search in texts reads what no index knows; it must not take the store from others for long.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly Places _searches = new(MaxSearches, MaxSearches / 2);

    /// <summary>How much later than a run another one may be stored that was made before it.</summary>
    private static readonly TimeSpan MostOutOfOrder = TimeSpan.FromMinutes(1);

    public async Task<RunPageOfRows> ListAsync(Viewer viewer, RunFilter filter, CancellationToken cancellationToken)
    {
        var (projects, assistants) = await store.ReadAsync(
            (context, cancellation) => ChoicesAsync(context, viewer, cancellation),
            cancellationToken
        );
        using var place = filter.Text is null ? null : _searches.Take(viewer.Project);
        if (filter.Text is not null && place is null)
        {
            return new RunPageOfRows([], null, projects, assistants, GaveUp: false) { IsBusy = true };
        }

        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var rows = await store.ReadAsync(
                (context, cancellation) => RowsAsync(context, viewer, filter, cancellation),
                either.Token
            );
            var next = rows.Count > PageSize ? rows[PageSize - 1].Seq : (long?)null;
            return new RunPageOfRows([.. rows.Take(PageSize)], next, projects, assistants, GaveUp: false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return new RunPageOfRows([], null, projects, assistants, GaveUp: true);
        }
    }

    private static async Task<List<RunRow>> RowsAsync(
        StoreContext context,
        Viewer viewer,
        RunFilter filter,
        CancellationToken cancellationToken
    )
    {
        // 1. The runs.
        var runs = await Filtered(context, viewer, filter)
            .OrderByDescending(run => run.Seq)
            .Take(PageSize + 1)
            .Select(RunColumns.OfRow)
            .ToListAsync(cancellationToken);

        // 2. What belongs to them.
        var ids = runs.Select(run => run.Id).ToList();
        var promptSeqs = runs.Select(run => run.AfterMessageSeq).Distinct().ToList();
        var assistantIds = runs.Select(run => run.AssistantId).Distinct(StringComparer.Ordinal).ToList();
        var projects = runs.Select(run => run.Project).Distinct(StringComparer.Ordinal).ToList();
        var prompts = await context
            .Messages.Where(message => promptSeqs.Contains(message.Seq))
            .Select(message => new { message.Seq, Content = message.Content.Substring(0, ContentChars) })
            .ToDictionaryAsync(message => message.Seq, message => message.Content, cancellationToken);
        var names = await context
            .Assistants.Where(assistant => projects.Contains(assistant.Project) && assistantIds.Contains(assistant.Id))
            .Select(assistant => new
            {
                assistant.Project,
                assistant.Id,
                assistant.Name,
            })
            .ToDictionaryAsync(row => (row.Project, row.Id), row => row.Name, cancellationToken);
        var calls = await context
            .Calls.Where(call => ids.Contains(call.RunId))
            .GroupBy(call => call.RunId)
            .Select(group => new
            {
                group.Key,
                Count = group.Count(),
                Errors = group.Count(call => call.Status != null && call.Status != "ok"),
            })
            .ToDictionaryAsync(group => group.Key, StringComparer.Ordinal, cancellationToken);

        // 3. Together.
        return
        [
            .. runs.Select(run => new RunRow(
                run.Seq,
                run.Id,
                run.Project,
                run.ThreadId,
                run.AssistantId,
                names.GetValueOrDefault((run.Project, run.AssistantId)),
                run.Model,
                run.Status,
                prompts.TryGetValue(run.AfterMessageSeq, out var content)
                    ? MessageText.Beginning(content, PromptChars)
                    : "",
                run.CreatedAtMs,
                RunReader.EndOf(run),
                calls.GetValueOrDefault(run.Id)?.Count ?? 0,
                calls.GetValueOrDefault(run.Id)?.Errors ?? 0,
                run.PromptTokens + run.CompletionTokens
            )
            {
                SessionNanos = run.SessionNanos,
                TokenNanos = run.TokenNanos,
            }),
        ];
    }

    private static IQueryable<RunEntity> Filtered(StoreContext context, Viewer viewer, RunFilter filter)
    {
        var project = viewer.OnlyProject ?? filter.Project;
        var runs = filter.Thread is { } thread
            ? OfThread(context.Runs, thread, project, filter)
            : Listed(context.Runs, project, filter);
        if (filter.Before is { } before)
        {
            runs = runs.Where(run => run.Seq < before);
        }

        if (filter.SinceMs(viewer.NowMs) is { } since)
        {
            // Runs are listed in the order in which they were stored, which is nearly that of their times: where the
            // time begins is looked up, so that the list ends there.
            var (all, early) = (context.Runs, since - (long)MostOutOfOrder.TotalMilliseconds);
            runs = runs.Where(run =>
                run.CreatedAtMs >= since
                && run.Seq
                    >= all.Where(first => first.CreatedAtMs >= early)
                        .OrderBy(first => first.CreatedAtMs)
                        .ThenBy(first => first.Seq)
                        .Select(first => (long?)first.Seq)
                        .FirstOrDefault()
            );
        }

        if (filter.Text is { } text)
        {
            var code = Pattern(text);
            // Messages are stored as JSON.
            var json = Pattern(Http.WireJson.Text(writer => writer.WriteStringValue(text))[1..^1]);
            runs = runs.Where(run =>
                run.Id == text
                || run.ThreadId == text
                || context.Messages.Any(message =>
                    (
                        message.Seq == run.AfterMessageSeq
                        || (message.ThreadId == run.ThreadId && message.RunId == run.Id)
                    ) && EF.Functions.Like(message.Content, json, "\\")
                )
                || context.Calls.Any(call => call.RunId == run.Id && EF.Functions.Like(call.Code, code, "\\"))
            );
        }

        return runs;
    }

    /// <summary>By the indexes of lists.</summary>
    private static IQueryable<RunEntity> Listed(IQueryable<RunEntity> runs, string? project, RunFilter filter)
    {
        if (project is not null)
        {
            runs = runs.Where(run => run.Project == project);
        }

        if (filter.Assistant is { } assistant)
        {
            runs = runs.Where(run => run.AssistantId == assistant);
        }

        if (filter.Status is { } status)
        {
            runs = runs.Where(run => run.Status == status);
        }

        return runs;
    }

    /// <summary>
    /// By the index of threads, which has the fewest runs. It would be as good as any to SQLite: the other columns are
    /// hidden from its choice, as no index knows them with something appended.
    /// </summary>
    private static IQueryable<RunEntity> OfThread(
        IQueryable<RunEntity> runs,
        string thread,
        string? project,
        RunFilter filter
    )
    {
        runs = runs.Where(run => run.ThreadId == thread);
        if (project is not null)
        {
            runs = runs.Where(run => run.Project + "" == project);
        }

        if (filter.Assistant is { } assistant)
        {
            runs = runs.Where(run => run.AssistantId + "" == assistant);
        }

        if (filter.Status is { } status)
        {
            runs = runs.Where(run => run.Status + "" == status);
        }

        return runs;
    }

    private static string Pattern(string text) =>
        "%"
        + text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal)
        + "%";

    private static async Task<(
        IReadOnlyList<string> Projects,
        IReadOnlyList<(string Id, string Name)> Assistants
    )> ChoicesAsync(StoreContext context, Viewer viewer, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> projects = viewer.IsAdmin ? await ProjectsAsync(context, cancellationToken) : [];
        IQueryable<AssistantEntity> all = context.Assistants;
        if (viewer.OnlyProject is { } only)
        {
            all = all.Where(assistant => assistant.Project == only);
        }

        var assistants = await all.OrderByDescending(assistant => assistant.Seq)
            .Take(MaxChoices)
            .Select(assistant => new { assistant.Id, assistant.Name })
            .ToListAsync(cancellationToken);
        return (projects, [.. assistants.Select(assistant => (assistant.Id, assistant.Name ?? assistant.Id))]);
    }

    /// <summary>From one project to the next, without the rows in between.</summary>
    private static Task<List<string>> ProjectsAsync(StoreContext context, CancellationToken cancellationToken) =>
        context
            .Database.SqlQuery<string>(
                $"""
                WITH RECURSIVE "Found" ("Known") AS (
                    SELECT MIN("Project") FROM "Assistants"
                    UNION ALL
                    SELECT (SELECT MIN("Project") FROM "Assistants" WHERE "Project" > "Found"."Known")
                    FROM "Found" WHERE "Known" IS NOT NULL
                )
                SELECT "Known" FROM "Found" WHERE "Known" IS NOT NULL LIMIT {MaxChoices}
                """
            )
            .ToListAsync(cancellationToken);
}
