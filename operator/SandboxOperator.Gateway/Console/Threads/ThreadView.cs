using SandboxOperator.Gateway.Console.Runs;

namespace SandboxOperator.Gateway.Console.Threads;

/// <summary>A thread as its page shows it.</summary>
/// <param name="Row">What lists show, too.</param>
/// <param name="Messages">The newest, oldest of them first.</param>
/// <param name="Runs">The newest, newest first.</param>
/// <param name="Sessions">Newest first.</param>
public sealed record ThreadView(
    ThreadRow Row,
    IReadOnlyList<ThreadMessage> Messages,
    IReadOnlyList<RunRow> Runs,
    IReadOnlyList<ThreadSession> Sessions
);
