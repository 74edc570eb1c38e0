namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>A session of a thread: the billed lifetime of its sandbox.</summary>
internal sealed class SessionEntity
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    public required string Project { get; set; }
    public required string ThreadId { get; set; }
    public int Ordinal { get; set; }

    /// <summary>The first call.</summary>
    public long StartedAtMs { get; set; }
    public long LastActivityAtMs { get; set; }
    public long? EndedAtMs { get; set; }

    /// <summary>The newest period that the ledger has charged; null when none is.</summary>
    public int? PaidPeriod { get; set; }

    /// <summary><c>warm</c> or <c>cold</c>.</summary>
    public required string Launch { get; set; }

    /// <summary>The agent incarnation of the last call; another one means that the variables are lost.</summary>
    public string? Incarnation { get; set; }

    /// <summary>The volume that files were placed into.</summary>
    public string? VolumeId { get; set; }

    /// <summary>JSON object: the id of each file that was placed into the volume, and its path there.</summary>
    public string PlacedFiles { get; set; } = "{}";
}
