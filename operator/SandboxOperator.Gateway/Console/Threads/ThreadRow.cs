namespace SandboxOperator.Gateway.Console.Threads;

/// <summary>A thread in a list.</summary>
/// <param name="Seq">Its place in the list.</param>
/// <param name="Id">The thread.</param>
/// <param name="Project">Whose it is.</param>
/// <param name="Beginning">The beginning of its first message.</param>
/// <param name="CreatedAtMs">Unix milliseconds.</param>
/// <param name="Messages">How many it has.</param>
/// <param name="Runs">How many it has had.</param>
/// <param name="LastRunAtMs">When the newest run was made; null without one.</param>
public sealed record ThreadRow(
    long Seq,
    string Id,
    string Project,
    string Beginning,
    long CreatedAtMs,
    int Messages,
    int Runs,
    long? LastRunAtMs
);
