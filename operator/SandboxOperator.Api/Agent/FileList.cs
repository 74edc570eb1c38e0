namespace SandboxOperator.Api.Agent;

/// <summary>Answer of <c>GET /files</c>.</summary>
/// <param name="Files">The regular files, ordered by path; at most 10,000.</param>
/// <param name="Truncated">True when there are more.</param>
public sealed record FileList(IReadOnlyList<FileEntry> Files, bool Truncated);
