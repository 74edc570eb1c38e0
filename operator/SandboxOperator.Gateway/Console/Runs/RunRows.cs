using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Everything the store knows of a run.</summary>
/// <param name="Run">The run.</param>
/// <param name="AssistantName">The assistant's name, or null.</param>
/// <param name="Prompts">The user's messages since the run before, oldest first.</param>
/// <param name="Answers">The run's own messages, by id.</param>
/// <param name="Steps">In order.</param>
/// <param name="Turns">In order.</param>
/// <param name="Calls">By id.</param>
/// <param name="TurnNanos">What each turn cost by its index; null when its model had no price.</param>
/// <param name="Files">The files that any of these name, by id.</param>
internal sealed record RunRows(
    RunEntity Run,
    string? AssistantName,
    IReadOnlyList<ShownMessage> Prompts,
    IReadOnlyDictionary<string, ShownMessage> Answers,
    IReadOnlyList<ShownStep> Steps,
    IReadOnlyList<TurnEntity> Turns,
    IReadOnlyDictionary<string, CallEntity> Calls,
    IReadOnlyDictionary<int, long?> TurnNanos,
    IReadOnlyDictionary<string, ShownFile> Files
);
