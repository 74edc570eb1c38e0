namespace SandboxOperator.Sandboxes.Local.Limits;

/// <summary>A place where control groups are mounted.</summary>
/// <param name="Path">The mount point.</param>
/// <param name="Unified">Whether it is the unified hierarchy, v2.</param>
/// <param name="Options">Mount options, which of v1 name its controllers.</param>
internal sealed record GroupMount(string Path, bool Unified, IReadOnlyList<string> Options);
