namespace SandboxOperator.Api.Agent;

/// <summary>Whether code can run in the sandbox, and nothing gets out of it. Pure.</summary>
/// <param name="IsReady">Both hold.</param>
/// <param name="IsFinal">Waiting changes nothing.</param>
/// <param name="Missing">What is missing, for people; empty when nothing is.</param>
public sealed record AgentReadiness(bool IsReady, bool IsFinal, string Missing)
{
    /// <summary>What an agent's status says.</summary>
    /// <param name="status">The status; null when the agent does not answer.</param>
    /// <returns>What follows from it.</returns>
    public static AgentReadiness Of(AgentStatus? status) =>
        status switch
        {
            null => Wait("the agent does not answer"),
            _ when Open(status) is { Length: > 0 } ways => Fail($"the sandbox can get out: {ways}"),
            { KernelConnected: false, Isolation.Count: > 0 } => Fail(
                $"the kernel side has ended before it was ready: {status.NotReadyReason}"
            ),
            { KernelConnected: false } => Wait("the kernel side has not connected"),
            { Isolation.Count: 0 } => Fail("the kernel side has not tried to get out"),
            { Ready: true } or { RunningCall: not null } => new AgentReadiness(IsReady: true, IsFinal: true, ""),
            _ => Wait(status.NotReadyReason ?? "the kernel is starting"),
        };

    private static string Open(AgentStatus status) =>
        string.Join(", ", status.Isolation.Where(c => !c.Blocked).Select(c => $"{c.Name} ({c.Detail})"));

    private static AgentReadiness Wait(string missing) => new(IsReady: false, IsFinal: false, missing);

    private static AgentReadiness Fail(string missing) => new(IsReady: false, IsFinal: true, missing);
}
