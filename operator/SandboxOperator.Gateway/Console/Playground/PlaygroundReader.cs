using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Assistants;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Console.Runs;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Threads;

namespace SandboxOperator.Gateway.Console.Playground;

/// <summary>Reads what the playground shows. It works in the viewer's own project, for admins too.</summary>
internal sealed class PlaygroundReader(IStore store, RunReader runs, IModelCatalog catalog)
{
    private const int MaxAssistants = 200;
    private const int MaxModels = 100;
    private const int MaxRuns = 20;

    /// <param name="viewer">Who looks.</param>
    /// <param name="assistantId">The wanted assistant, or null.</param>
    /// <param name="threadId">The conversation, or null for a new one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="Http.ApiException">The project has no such thread.</exception>
    public async Task<PlaygroundView> ReadAsync(
        Viewer viewer,
        string? assistantId,
        string? threadId,
        CancellationToken cancellationToken
    )
    {
        var (assistants, ids) = await store.ReadAsync(
            (context, cancellation) => LoadAsync(context, viewer, threadId, cancellation),
            cancellationToken
        );
        var views = new List<RunView>();
        foreach (var id in ids)
        {
            views.Add(await runs.ReadAsync(viewer, id, ids.Count, cancellationToken));
        }

        var wanted = assistantId ?? views.LastOrDefault()?.Row.AssistantId;
        var chosen = assistants.Any(assistant => assistant.Id == wanted) ? wanted : assistants.FirstOrDefault().Id;
        var models = await catalog.ListAsync(cancellationToken);
        return new PlaygroundView(
            assistants,
            chosen,
            [.. models.Select(model => model.Id).Take(MaxModels)],
            threadId,
            views
        );
    }

    private static async Task<(List<(string Id, string Name, string Model)> Assistants, List<string> RunIds)> LoadAsync(
        StoreContext context,
        Viewer viewer,
        string? threadId,
        CancellationToken cancellationToken
    )
    {
        var assistants = await context
            .Assistants.Where(assistant => assistant.Project == viewer.Project)
            .OrderByDescending(assistant => assistant.Seq)
            .Take(MaxAssistants)
            .Select(assistant => new
            {
                assistant.Id,
                assistant.Name,
                assistant.Model,
            })
            .ToListAsync(cancellationToken);
        List<string> runs = [];
        if (threadId is not null)
        {
            await ThreadRows.FindAsync(context, viewer.Project, threadId, cancellationToken);
            runs = await context
                .Runs.Where(run => run.ThreadId == threadId)
                .OrderByDescending(run => run.Seq)
                .Take(MaxRuns)
                .Select(run => run.Id)
                .ToListAsync(cancellationToken);
            runs.Reverse();
        }

        return ([.. assistants.Select(row => (row.Id, row.Name ?? row.Id, row.Model))], runs);
    }
}
