namespace SandboxOperator.Api.Agent;

/// <summary>Files beneath the working directory that the call made or changed; at most 200 of them are named.</summary>
public sealed record CallFiles : CallEvent
{
    /// <summary>The files, ordered by path.</summary>
    public required IReadOnlyList<FileEntry> Files { get; init; }

    /// <summary>How many more there were.</summary>
    public int Omitted { get; init; }
}
