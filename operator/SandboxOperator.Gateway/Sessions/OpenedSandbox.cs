using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>A thread's sandbox, ready for a call: its files are in place.</summary>
/// <param name="Sandbox">The sandbox.</param>
/// <param name="Ordinal">The session's ordinal.</param>
/// <param name="StateLost">Why the variables of earlier calls are gone, in words for the model; null when they are not.</param>
/// <param name="Notes">What the model should know besides, for example of files that could not be placed.</param>
/// <param name="Claim">How long it took until the session had its sandbox.</param>
/// <param name="Connect">How long it took from there until the agent answered.</param>
internal sealed record OpenedSandbox(
    ISandbox Sandbox,
    int Ordinal,
    string? StateLost,
    IReadOnlyList<string> Notes,
    TimeSpan Claim,
    TimeSpan Connect
);
