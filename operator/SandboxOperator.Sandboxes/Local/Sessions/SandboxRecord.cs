namespace SandboxOperator.Sandboxes.Local.Sessions;

/// <summary>What the next gateway must know of a sandbox, written into its folder.</summary>
internal sealed record SandboxRecord
{
    /// <summary>Names the sandbox's folder and groups.</summary>
    public required string Id { get; init; }

    /// <summary>The user that its processes run as, and no other's; null when they run as the gateway's user.</summary>
    public uint? Uid { get; init; }

    /// <summary>Made with the working directory.</summary>
    public required string VolumeId { get; init; }

    /// <summary>When the folder was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The session it belongs to; null while it is warm.</summary>
    public SessionRecord? Session { get; init; }

    /// <summary>Its agent's process; null when stopped.</summary>
    public ProcessRecord? Process { get; init; }
}
