using SandboxOperator.Gateway.Console.Text;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>An execution of code.</summary>
/// <param name="Id">Unique in its page.</param>
/// <param name="Number">1 for the first of the run.</param>
/// <param name="Code">What the model wrote.</param>
/// <param name="Outputs">What came of it, in order.</param>
/// <param name="Status">How it ended, in the agent's words; null while it runs or when nobody knows.</param>
public sealed record CallItem(string Id, int Number, string Code, IReadOnlyList<CallOutput> Outputs, string? Status)
    : TimelineItem(Id)
{
    /// <summary>Whether it ended otherwise than well.</summary>
    public bool Failed => Status is not null and not Api.Agent.CallStatuses.Ok;

    /// <summary>What was changed since the failed call before it; null when that one did not fail.</summary>
    public IReadOnlyList<DiffLine>? Correction { get; init; }

    /// <summary>The number of the call that this one corrects.</summary>
    public int? Corrects { get; init; }

    /// <summary>The files it wrote.</summary>
    public IReadOnlyList<ShownFile> Files { get; init; } = [];

    /// <summary>How the time went: what and milliseconds.</summary>
    public IReadOnlyList<(string Name, long Ms)> Split { get; init; } = [];

    /// <summary><c>warm</c> or <c>cold</c> when this call started the sandbox.</summary>
    public string? Launch { get; init; }
}
