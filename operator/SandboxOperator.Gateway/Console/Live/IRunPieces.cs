using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Console.Runs;

namespace SandboxOperator.Gateway.Console.Live;

/// <summary>Which pieces a page that follows a run is made of.</summary>
internal interface IRunPieces
{
    /// <summary>Sends an item of the timeline.</summary>
    Task SendAsync(TimelineItem item, string runId, PieceWriter writer);

    /// <summary>Sends what the page says of the run beside its timeline.</summary>
    Task SendFactsAsync(Viewer viewer, RunView view, PieceWriter writer);

    /// <summary>Sends what has to be there before anything else of the run.</summary>
    Task BeginAsync(string runId, PieceWriter writer);
}
