using SandboxOperator.Agent.Serve.Unix;

namespace SandboxOperator.Agent.Serve.Files;

/// <summary>A file in a <see cref="FileSnapshot"/>.</summary>
internal readonly record struct SnapshotFile(FileVersion Version, long ModifiedAtMs);
