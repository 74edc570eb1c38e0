using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Reads a run with all that belongs to it.</summary>
internal sealed class RunReader(IStore store)
{
    /// <summary>More steps of a run are not shown.</summary>
    public const int MaxSteps = 500;

    /// <summary>So many characters of steps are shown as long as single texts may be; what comes then is short.</summary>
    private const int PageChars = 4 * 1024 * 1024;

    private const int ShortChars = 1024;
    private const int MaxPrompts = 20;

    /// <summary>The run as its page shows it.</summary>
    /// <exception cref="ApiException">The viewer has no such run.</exception>
    public Task<RunView> ReadAsync(Viewer viewer, string id, CancellationToken cancellationToken) =>
        ReadAsync(viewer, id, runs: 1, cancellationToken);

    /// <summary>The run as a page shows it together with others.</summary>
    /// <param name="viewer">Who looks.</param>
    /// <param name="id">The run.</param>
    /// <param name="runs">How many runs the page shows.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ApiException">The viewer has no such run.</exception>
    public async Task<RunView> ReadAsync(Viewer viewer, string id, int runs, CancellationToken cancellationToken)
    {
        var rows = await store.ReadAsync(
            (context, cancellation) => LoadAsync(context, viewer, id, PageChars / runs, cancellation),
            cancellationToken
        );
        return RunViewBuilder.Build(rows, viewer.NowMs);
    }

    /// <summary>What changes whenever the run's page does.</summary>
    /// <exception cref="ApiException">The viewer has no such run.</exception>
    public async Task<RunMark> MarkAsync(Viewer viewer, string id, CancellationToken cancellationToken) =>
        await store.ReadAsync(
            (context, cancellation) =>
                Seen(context, viewer, id)
                    .Select(run => new RunMark(
                        run.Status,
                        run.PromptTokens + run.CompletionTokens,
                        context.RunSteps.Where(step => step.RunId == id).Max(step => (long?)step.Seq),
                        context.RunSteps.Count(step =>
                            step.RunId == id && step.Status == RunLoop.StepStatuses.InProgress
                        ),
                        context.Calls.Where(call => call.RunId == id).Max(call => (long?)call.Seq),
                        context.Calls.Count(call => call.RunId == id && call.Status == null)
                    ))
                    .FirstOrDefaultAsync(cancellation),
            cancellationToken
        ) ?? throw ApiErrors.NotFound("run", id);

    /// <summary>The whole text that a step's call printed, or null.</summary>
    public async Task<string?> OutputAsync(
        Viewer viewer,
        string runId,
        string stepId,
        CancellationToken cancellationToken
    )
    {
        var details = await store.ReadAsync(
            (context, cancellation) =>
                context
                    .RunSteps.Where(step =>
                        step.Id == stepId
                        && step.RunId == runId
                        && (viewer.OnlyProject == null || step.Project == viewer.OnlyProject)
                    )
                    .Select(step => step.Details)
                    .FirstOrDefaultAsync(cancellation),
            cancellationToken
        );
        return details is null ? null : StepDetails.Logs(details);
    }

    /// <summary>When a run ended, as far as its row says.</summary>
    public static long? EndOf(RunEntity run) =>
        run.CompletedAtMs
        ?? run.FailedAtMs
        ?? run.CancelledAtMs
        ?? (run.Status == RunLoop.RunStatuses.Expired ? run.ExpiresAtMs : null);

    private static async Task<RunRows> LoadAsync(
        StoreContext context,
        Viewer viewer,
        string id,
        int pageChars,
        CancellationToken cancellationToken
    )
    {
        // 1. The run.
        var run =
            await Seen(context, viewer, id).Select(RunColumns.OfRow).FirstOrDefaultAsync(cancellationToken)
            ?? throw ApiErrors.NotFound("run", id);
        run.Instructions = await context
            .Runs.Where(row => row.Seq == run.Seq)
            .Select(row => row.Instructions)
            .FirstOrDefaultAsync(cancellationToken);
        var assistant = await context
            .Assistants.Where(row => row.Id == run.AssistantId && row.Project == run.Project)
            .Select(row => row.Name)
            .FirstOrDefaultAsync(cancellationToken);

        // 2. What was asked and answered.
        var after =
            await context
                .Runs.Where(row => row.ThreadId == run.ThreadId && row.Seq < run.Seq)
                .OrderByDescending(row => row.Seq)
                .Select(row => (long?)row.AfterMessageSeq)
                .FirstOrDefaultAsync(cancellationToken)
            ?? 0;
        var prompts = await context
            .Messages.Where(row =>
                row.ThreadId == run.ThreadId && row.Role == "user" && row.Seq > after && row.Seq <= run.AfterMessageSeq
            )
            .OrderByDescending(row => row.Seq)
            .Take(MaxPrompts)
            .Select(ShownMessage.OfRow)
            .ToListAsync(cancellationToken);
        prompts.Reverse();
        var answers = await context
            .Messages.Where(row => row.ThreadId == run.ThreadId && row.RunId == run.Id)
            .OrderBy(row => row.Seq)
            .Take(MaxSteps)
            .Select(ShownMessage.OfRow)
            .ToDictionaryAsync(row => row.Id, StringComparer.Ordinal, cancellationToken);

        // 3. What was done.
        var steps = await StepsAsync(context, id, pageChars, cancellationToken);
        var turns = await context
            .Turns.Where(row => row.RunId == id)
            .OrderBy(row => row.Index)
            .Take(MaxSteps)
            .Select(RunColumns.OfTurn)
            .ToListAsync(cancellationToken);
        var calls = await context
            .Calls.Where(row => row.RunId == id)
            .OrderBy(row => row.Seq)
            .Take(MaxSteps)
            .Select(RunColumns.OfCall)
            .ToDictionaryAsync(row => row.Id, StringComparer.Ordinal, cancellationToken);

        // 4. The files of all these.
        var ids = prompts
            .SelectMany(row => MessageText.Attached(row.Attachments))
            .Concat(answers.Values.SelectMany(row => MessageText.LinkedFiles(row.Content)))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var files = await context
            .Files.Where(row => ids.Contains(row.Id) && row.Project == run.Project)
            .Select(row => new ShownFile(row.Id, row.Filename, row.Bytes))
            .ToDictionaryAsync(row => row.Id, StringComparer.Ordinal, cancellationToken);
        var costs = await TurnCosts.ReadAsync(context, id, cancellationToken);
        return new RunRows(run, assistant, prompts, answers, steps, turns, calls, costs, files);
    }

    private static IQueryable<RunEntity> Seen(StoreContext context, Viewer viewer, string id) =>
        context.Runs.Where(row => row.Id == id && (viewer.OnlyProject == null || row.Project == viewer.OnlyProject));

    /// <summary>One step after the other, each cut at once.</summary>
    private static async Task<IReadOnlyList<ShownStep>> StepsAsync(
        StoreContext context,
        string runId,
        int pageChars,
        CancellationToken cancellationToken
    )
    {
        var steps = new List<ShownStep>();
        var rows = context
            .RunSteps.Where(row => row.RunId == runId)
            .OrderBy(row => row.Seq)
            .Take(MaxSteps)
            .Select(RunColumns.OfStep);
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var step = StepDetails.Read(row, pageChars > 0 ? CallOutput.MaxChars : ShortChars);
            pageChars -= step.Length;
            steps.Add(step);
        }

        return steps;
    }
}
