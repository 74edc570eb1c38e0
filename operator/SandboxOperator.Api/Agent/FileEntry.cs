namespace SandboxOperator.Api.Agent;

/// <summary>A regular file beneath the sandbox's working directory.</summary>
/// <param name="Path">Relative to the working directory, <c>/</c> between parts, never starting with one.</param>
/// <param name="Bytes">Size in bytes.</param>
/// <param name="ModifiedAtMs">Last modification, Unix milliseconds, by the sandbox's clock.</param>
public sealed record FileEntry(string Path, long Bytes, long ModifiedAtMs);
