using SandboxOperator.Gateway.Console.Runs;

namespace SandboxOperator.Gateway.Console.Playground;

/// <summary>A conversation in the playground.</summary>
/// <param name="Assistants">To choose from: id, name and model.</param>
/// <param name="AssistantId">The chosen one; null when there is none.</param>
/// <param name="Models">That a new assistant may use.</param>
/// <param name="ThreadId">The conversation; null for a new one.</param>
/// <param name="Runs">The newest of it, oldest of them first.</param>
public sealed record PlaygroundView(
    IReadOnlyList<(string Id, string Name, string Model)> Assistants,
    string? AssistantId,
    IReadOnlyList<string> Models,
    string? ThreadId,
    IReadOnlyList<RunView> Runs
);
