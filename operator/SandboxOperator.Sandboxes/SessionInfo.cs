namespace SandboxOperator.Sandboxes;

/// <summary>A session as it stands now.</summary>
/// <param name="Key">Whose it is.</param>
/// <param name="State">Whether its sandbox runs.</param>
/// <param name="Launch">How its sandbox came to be.</param>
/// <param name="StartedAt">When the session started.</param>
/// <param name="LastActivityAt">The end of its last call, or its start.</param>
/// <param name="ExpiresAt">When it ends unless a call comes; null before it has started.</param>
public sealed record SessionInfo(
    SessionKey Key,
    SessionState State,
    SandboxLaunch Launch,
    DateTimeOffset StartedAt,
    DateTimeOffset LastActivityAt,
    DateTimeOffset? ExpiresAt
)
{
    /// <summary>What is known of the isolation of its sandbox; empty when it has none.</summary>
    public IReadOnlyList<SandboxIsolation> Isolation { get; init; } = [];

    /// <summary>All that the cluster says of its state; empty where sessions are no objects of a cluster.</summary>
    public IReadOnlyList<SandboxCondition> Conditions { get; init; } = [];
}
