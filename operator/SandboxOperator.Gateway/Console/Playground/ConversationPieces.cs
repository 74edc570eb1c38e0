using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Console.Live;
using SandboxOperator.Gateway.Console.Runs;

namespace SandboxOperator.Gateway.Console.Playground;

/// <summary>The pieces of a run in a conversation of the playground.</summary>
internal sealed class ConversationPieces : IRunPieces
{
    public Task BeginAsync(string runId, PieceWriter writer) =>
        writer.WriteAsync<ConversationTurn>($"turn-{runId}", "conversation", ("RunId", runId));

    public Task SendAsync(TimelineItem item, string runId, PieceWriter writer) =>
        writer.WriteAsync<TimelineEntry>(item.Id, $"items-{runId}", ("Item", item), ("RunId", runId));

    public Task SendFactsAsync(Viewer viewer, RunView view, PieceWriter writer) =>
        writer.WriteAsync<ConversationFoot>($"foot-{view.Row.Id}", null, ("Viewer", viewer), ("View", view));
}
