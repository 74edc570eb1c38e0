using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Sessions;

/// <summary>What a session is. Written by the controller alone.</summary>
public sealed record SandboxSessionStatus
{
    /// <summary>The state in one word: Pending, Starting, Ready, Suspended, Expired or Failed.</summary>
    public string? Phase { get; set; }

    /// <summary>The generation of the spec that this status was found for.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>Aspects of the state: Ready, NetworkIsolated, NetworkPolicyEnforced, Expired.</summary>
    [MapKey("type")]
    public IReadOnlyList<Condition>? Conditions { get; set; }

    /// <summary>The pod that is the session's sandbox now; while it has none, the one before.</summary>
    public PodReference? PodRef { get; set; }

    /// <summary>How the present sandbox came: Warm from a pool, or Cold.</summary>
    public string? Launch { get; set; }

    /// <summary>How often the sandbox was replaced after it was lost; each time its variables and files were lost.</summary>
    public int? Replacements { get; set; }

    /// <summary>When the session started: its first sandbox was ready.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When the session was last used, as far as the controller knows.</summary>
    public DateTimeOffset? LastActivityAt { get; set; }

    /// <summary>When the session ends, unless it is used before.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>When the session ended.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}
