namespace SandboxOperator.Api.Agent;

/// <summary>Answer of <c>GET /status</c>.</summary>
public sealed record AgentStatus
{
    /// <summary>Random at every start of the agent; a call names the incarnation it means.</summary>
    public required string Incarnation { get; init; }

    /// <summary>The agent's version.</summary>
    public required string Version { get; init; }

    /// <summary>True when a kernel is up and a call would start at once.</summary>
    public bool Ready { get; init; }

    /// <summary>Why not, in words, when <see cref="Ready"/> is false.</summary>
    public string? NotReadyReason { get; init; }

    /// <summary>True while the kernel side is connected, be its kernel up or not.</summary>
    public bool KernelConnected { get; init; }

    /// <summary>The id of the call that runs now, or null.</summary>
    public string? RunningCall { get; init; }

    /// <summary>Start of the agent, Unix milliseconds.</summary>
    public long StartedAtMs { get; init; }

    /// <summary>End of the last call, or its start while it runs, Unix milliseconds; null before the first.</summary>
    public long? LastCallAtMs { get; init; }

    /// <summary>Each limit with the means that enforce it inside the sandbox.</summary>
    public IReadOnlyList<LimitStatus> Limits { get; init; } = [];

    /// <summary>What the self-test of the isolation found when the kernel side started.</summary>
    public IReadOnlyList<IsolationCheck> Isolation { get; init; } = [];
}
