namespace SandboxOperator.Api.Resources;

/// <summary>Why a condition has its status, in one word. Programs may rely on these; messages are for people.</summary>
public static class ConditionReasons
{
    /// <summary>Code can run, or a pool or runtime can be used.</summary>
    public const string Ready = "Ready";

    /// <summary>Wait: the sandbox is starting.</summary>
    public const string Starting = "Starting";

    /// <summary>
    /// Wait: the sandbox is starting, and lacks nothing but its agent's word that code can run. Whoever can ask the agent
    /// need not wait for <see cref="Ready"/>.
    /// </summary>
    public const string AwaitingAgent = "AwaitingAgent";

    /// <summary>Wait: the sandbox was lost and another one is starting; variables and files are gone.</summary>
    public const string Replacing = "Replacing";

    /// <summary>There is no sandbox because <c>spec.suspend</c> says so.</summary>
    public const string Suspended = "Suspended";

    /// <summary>The session is over: it was not used for its idle timeout.</summary>
    public const string IdleTimeout = "IdleTimeout";

    /// <summary>The session is over: it reached its maximal lifetime.</summary>
    public const string MaxLifetime = "MaxLifetime";

    /// <summary>Not ready because the session is over.</summary>
    public const string Expired = "Expired";

    /// <summary>An image is missing or may not be pulled.</summary>
    public const string ImagePullFailed = "ImagePullFailed";

    /// <summary>No node has room, or none may run it.</summary>
    public const string Unschedulable = "Unschedulable";

    /// <summary>A quota of the namespace is used up.</summary>
    public const string QuotaExceeded = "QuotaExceeded";

    /// <summary>The API server or the node refused the pod.</summary>
    public const string PodRejected = "PodRejected";

    /// <summary>A container cannot be made, ends again and again, or does not become ready in time.</summary>
    public const string ContainerFailed = "ContainerFailed";

    /// <summary>There is no SandboxRuntime of that name in the namespace.</summary>
    public const string RuntimeNotFound = "RuntimeNotFound";

    /// <summary>The runtime's <c>spec.acceptSessions</c> is false.</summary>
    public const string SessionsRefused = "SessionsRefused";

    /// <summary>The runtime requires network policies, and the cluster does not enforce them.</summary>
    public const string NetworkPolicyNotEnforced = "NetworkPolicyNotEnforced";

    /// <summary>The sandbox tried the network and reached it.</summary>
    public const string NotIsolated = "NotIsolated";

    /// <summary>A field of the spec is wrong; the message names it.</summary>
    public const string InvalidSpec = "InvalidSpec";

    /// <summary>The sandbox tried the network and nothing answered.</summary>
    public const string SelfTestPassed = "SelfTestPassed";

    /// <summary>No sandbox has said anything about it yet.</summary>
    public const string NotTested = "NotTested";

    /// <summary>The canary, which unrestricted pods can reach, could not be reached.</summary>
    public const string CanaryBlocked = "CanaryBlocked";

    /// <summary>The canary could be reached in spite of the policy.</summary>
    public const string CanaryReached = "CanaryReached";

    /// <summary>The canary was tried, and what came of it says nothing.</summary>
    public const string CanaryUnclear = "CanaryUnclear";

    /// <summary>A network policy of somebody else opens sandbox pods; the message names it.</summary>
    public const string OpenedByPolicy = "OpenedByPolicy";

    /// <summary>Every node that the runtime's sandboxes may come to reports user namespaces.</summary>
    public const string ReportedByNodes = "ReportedByNodes";

    /// <summary>A node that the runtime's sandboxes may come to does not report user namespaces; the message names it.</summary>
    public const string UserNamespacesMissing = "UserNamespacesMissing";

    /// <summary>Wait: all nodes report user namespaces again, for too short a time to believe it.</summary>
    public const string Settling = "Settling";

    /// <summary>There is no node that the runtime's sandboxes may come to.</summary>
    public const string NoNodes = "NoNodes";

    /// <summary>The nodes, or the runtime's RuntimeClass, could not be read; the message says why.</summary>
    public const string NodesUnread = "NodesUnread";

    /// <summary>The runtime's <c>spec.isolation.userNamespace</c> is Off.</summary>
    public const string SwitchedOff = "SwitchedOff";

    /// <summary>Fewer sandboxes are ready than the pool's <c>spec.minReady</c>.</summary>
    public const string TooFewReady = "TooFewReady";

    /// <summary>
    /// Whether this reason of <c>Ready=False</c> means that the session cannot start as things are. The controller keeps
    /// trying, but nobody should wait for it.
    /// </summary>
    /// <param name="reason">The reason; null for none.</param>
    /// <returns>False for reasons that mean "wait", "suspended" or "over".</returns>
    public static bool IsFailure(string? reason) =>
        reason
            is ImagePullFailed
                or Unschedulable
                or QuotaExceeded
                or PodRejected
                or ContainerFailed
                or RuntimeNotFound
                or SessionsRefused
                or NetworkPolicyNotEnforced
                or UserNamespacesMissing
                or NodesUnread
                or NotIsolated
                or InvalidSpec;
}
