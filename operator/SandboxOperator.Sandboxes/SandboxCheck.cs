namespace SandboxOperator.Sandboxes;

/// <summary>One thing the backend needs or enforces.</summary>
/// <param name="Name">For example <c>bubblewrap</c> or <c>limit:memory</c>.</param>
/// <param name="Ok">False when the backend cannot work without it being mended.</param>
/// <param name="Detail">What is there, how it is enforced, or what to do.</param>
public sealed record SandboxCheck(string Name, bool Ok, string Detail);
