namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>What the user asked.</summary>
/// <param name="Id">Unique in its page.</param>
/// <param name="Text">The question.</param>
/// <param name="Files">What came with it.</param>
/// <param name="Pictures">The files of its pictures.</param>
public sealed record PromptItem(string Id, string Text, IReadOnlyList<ShownFile> Files, IReadOnlyList<string> Pictures)
    : TimelineItem(Id);
