namespace SandboxOperator.Api.Agent;

/// <summary>Where the agent is found in a sandbox pod.</summary>
public static class AgentLocation
{
    /// <summary>The agent's container, the only one that anybody runs commands in.</summary>
    public const string Container = "agent";

    /// <summary>Its program.</summary>
    public const string Program = "/opt/sandbox/sandbox-agent";

    /// <summary>The socket of its API.</summary>
    public const string Socket = "/var/lib/sandbox-agent/agent.sock";

    /// <summary>The command that joins its standard streams to that socket.</summary>
    public static IReadOnlyList<string> Attach { get; } = [Program, "attach", "--socket", Socket];

    /// <summary>
    /// That command leaves when no byte has come for so long: nobody tells it that its caller is gone. Callers close a
    /// stream earlier, so that they never send a request on one that has just ended.
    /// </summary>
    public static TimeSpan AttachIdle { get; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The parameter of <c>GET /status</c> that makes the agent answer when its state is final, as
    /// <see cref="AgentReadiness"/> has it, or after so many seconds. Agents that do not know it answer at once.
    /// </summary>
    public const string AwaitReady = "await_ready";

    /// <summary>The most seconds that <see cref="AwaitReady"/> takes.</summary>
    public const int LongestAwaitSeconds = 10;
}
