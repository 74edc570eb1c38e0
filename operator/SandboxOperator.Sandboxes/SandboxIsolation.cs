namespace SandboxOperator.Sandboxes;

/// <summary>One way in which a sandbox is closed to the outside, as it was found.</summary>
/// <param name="Name">What was tried, for example <c>tcp</c> or <c>NetworkIsolated</c>.</param>
/// <param name="Enforced">Whether it holds; null when nobody knows.</param>
/// <param name="Detail">What was seen.</param>
public sealed record SandboxIsolation(string Name, bool? Enforced, string Detail);
