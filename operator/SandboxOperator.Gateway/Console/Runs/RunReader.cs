using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Reads a run with all that belongs to it.</summary>
internal sealed class RunReader(IStore store)
{
    /// <summary>More steps of a run are not shown.</summary>
    public const int MaxSteps = 500;

    private const int MaxPrompts = 20;

    /// <summary>The run as its page shows it.</summary>
    /// <exception cref="ApiException">The viewer has no such run.</exception>
    public async Task<RunView> ReadAsync(Viewer viewer, string id, CancellationToken cancellationToken)
    {
        var rows = await store.ReadAsync(
            (context, cancellation) => LoadAsync(context, viewer, id, cancellation),
            cancellationToken
        );
        return RunViewBuilder.Build(rows, viewer.NowMs);
    }

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
        CancellationToken cancellationToken
    )
    {
        // 1. The run.
        var run =
            await context.Runs.FirstOrDefaultAsync(
                row => row.Id == id && (viewer.OnlyProject == null || row.Project == viewer.OnlyProject),
                cancellationToken
            ) ?? throw ApiErrors.NotFound("run", id);
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
            .ToListAsync(cancellationToken);
        prompts.Reverse();
        var answers = await context
            .Messages.Where(row => row.ThreadId == run.ThreadId && row.RunId == run.Id)
            .ToDictionaryAsync(row => row.Id, StringComparer.Ordinal, cancellationToken);

        // 3. What was done.
        var steps = await context
            .RunSteps.Where(row => row.RunId == id)
            .OrderBy(row => row.Seq)
            .Take(MaxSteps)
            .ToListAsync(cancellationToken);
        var turns = await context
            .Turns.Where(row => row.RunId == id)
            .OrderBy(row => row.Index)
            .Take(MaxSteps)
            .ToListAsync(cancellationToken);
        var calls = await context
            .Calls.Where(row => row.RunId == id)
            .Take(MaxSteps)
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
        return new RunRows(run, assistant, prompts, answers, steps, turns, calls, files);
    }
}
