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
}
