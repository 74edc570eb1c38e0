using SandboxOperator.Gateway.Console.Runs;

namespace SandboxOperator.Gateway.Console.Threads;

/// <summary>A message of a thread.</summary>
/// <param name="Id">The message.</param>
/// <param name="IsUser">Whether the user wrote it.</param>
/// <param name="Text">What it says.</param>
/// <param name="CreatedAtMs">Unix milliseconds.</param>
/// <param name="RunId">The run that made it; null for the user's.</param>
/// <param name="Files">What came with it, or what it links.</param>
/// <param name="Pictures">The files of its pictures.</param>
public sealed record ThreadMessage(
    string Id,
    bool IsUser,
    string Text,
    long CreatedAtMs,
    string? RunId,
    IReadOnlyList<ShownFile> Files,
    IReadOnlyList<string> Pictures
);
