namespace SandboxOperator.Gateway.Conversation;

/// <summary>What is to be said about the sandbox as it stands.</summary>
internal sealed record SandboxSituation
{
    /// <summary>The files in the working directory, or those that will be there at the first call.</summary>
    public IReadOnlyList<SandboxPromptFile> Files { get; init; } = [];

    /// <summary>How many more files there are that <see cref="Files"/> does not hold.</summary>
    public int OmittedFiles { get; init; }

    /// <summary>Why the variables of earlier calls are gone, in words; null when they are not.</summary>
    public string? StateLost { get; init; }

    /// <summary>Seconds a call may take, or null when unknown.</summary>
    public int? CallSeconds { get; init; }

    /// <summary>MiB of memory, or null when unknown.</summary>
    public long? MemoryMiB { get; init; }

    /// <summary>MiB of disk, or null when unknown.</summary>
    public long? DiskMiB { get; init; }
}
