namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>What the model said.</summary>
/// <param name="Id">Unique in its page.</param>
/// <param name="Text">The message.</param>
/// <param name="Files">What it links.</param>
/// <param name="Pictures">The files of its pictures.</param>
/// <param name="Incomplete">Why it is not whole; null when it is.</param>
public sealed record MessageItem(
    string Id,
    string Text,
    IReadOnlyList<ShownFile> Files,
    IReadOnlyList<string> Pictures,
    string? Incomplete
) : TimelineItem(Id);
