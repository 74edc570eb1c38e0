namespace SandboxOperator.Sandboxes;

/// <summary>How the way to a session's sandbox was opened.</summary>
/// <param name="At">When it was open.</param>
/// <param name="Claim">Until the session had its sandbox: found, claimed or started.</param>
/// <param name="Connect">From there until the agent answered; zero where a sandbox counts as started only then.</param>
public sealed record SandboxOpening(DateTimeOffset At, TimeSpan Claim, TimeSpan Connect);
