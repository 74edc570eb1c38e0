namespace SandboxOperator.Api.Agent;

/// <summary>How the programs of the agent end, where somebody looks at it.</summary>
public static class AgentExitCodes
{
    /// <summary>
    /// <c>init</c> could get out in spite of its filter, and ended before it started anything. Code in the sandbox cannot
    /// make init end with it.
    /// </summary>
    public const int NotIsolated = 3;
}
