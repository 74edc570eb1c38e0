namespace SandboxOperator.Api.Resources;

/// <summary>What conditions are about.</summary>
public static class ConditionTypes
{
    /// <summary>The resource can be used.</summary>
    public const string Ready = "Ready";

    /// <summary>No packet leaves the sandbox: it tried before anything else ran in it.</summary>
    public const string NetworkIsolated = "NetworkIsolated";

    /// <summary>The cluster's network enforces policies: an unfiltered process of the pod could not reach the canary.</summary>
    public const string NetworkPolicyEnforced = "NetworkPolicyEnforced";

    /// <summary>New sandboxes of a runtime get a user namespace of their own.</summary>
    public const string UserNamespace = "UserNamespace";

    /// <summary>The session is over.</summary>
    public const string Expired = "Expired";
}
