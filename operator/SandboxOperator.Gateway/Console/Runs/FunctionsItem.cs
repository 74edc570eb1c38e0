namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Functions that the application was asked to call.</summary>
/// <param name="Id">Unique in its page.</param>
/// <param name="Calls">Name, arguments, and output; null while the application has not answered.</param>
public sealed record FunctionsItem(string Id, IReadOnlyList<(string Name, string Arguments, string? Output)> Calls)
    : TimelineItem(Id);
