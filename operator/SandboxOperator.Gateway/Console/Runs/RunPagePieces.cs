using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Console.Live;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>The pieces of a run's own page.</summary>
internal sealed class RunPagePieces : IRunPieces
{
    public Task BeginAsync(string runId, PieceWriter writer) => Task.CompletedTask;

    public Task SendAsync(TimelineItem item, string runId, PieceWriter writer) =>
        writer.WriteAsync<TimelineEntry>(item.Id, "timeline", ("Item", item), ("RunId", runId));

    public async Task SendFactsAsync(Viewer viewer, RunView view, PieceWriter writer)
    {
        await writer.WriteAsync<RunHead>("run-head", null, ("Viewer", viewer), ("View", view));
        await writer.WriteAsync<RunSide>("run-side", null, ("View", view));
    }
}
