namespace SandboxOperator.Sandboxes.Agents;

/// <summary>What the client takes from an agent, which is not trusted, before it gives up on it.</summary>
internal sealed record AgentClientOptions
{
    /// <summary>Longest line of an event stream.</summary>
    public int LineBytes { get; init; } = 16 << 20;

    /// <summary>Most events of one call, heartbeats included.</summary>
    public int EventsPerCall { get; init; } = 1_000_000;

    /// <summary>Most bytes of one call's event stream, all attempts to read it together.</summary>
    public long BytesPerCall { get; init; } = 256 << 20;

    /// <summary>Longest answer that is no stream: status, file list.</summary>
    public int BodyBytes { get; init; } = 16 << 20;

    /// <summary>Agents send a heartbeat every ten seconds; one that is silent for so long is dead.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>For requests that the agent answers out of hand.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What a call without a time limit of its own may take.</summary>
    public TimeSpan LongestCall { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>What a call may take beyond its time limit: interrupting, killing, starting the next kernel.</summary>
    public TimeSpan CallGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a call's broken stream is attached to again.</summary>
    public int Reattachments { get; init; } = 5;

    /// <summary>How long it is tried at least: the way to an agent may be away for longer than the agent itself.</summary>
    public TimeSpan ReattachPatience { get; init; } = TimeSpan.Zero;

    /// <summary>How long a call waits for a kernel that is starting.</summary>
    public TimeSpan KernelStart { get; init; } = TimeSpan.FromSeconds(30);
}
