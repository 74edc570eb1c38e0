namespace SandboxOperator.Api.Agent;

/// <summary>What an attempt to reach the canary says of the cluster's network.</summary>
public static class NetworkPolicyVerdicts
{
    /// <summary>The canary could not be reached.</summary>
    public const string Enforced = "Enforced";

    /// <summary>The canary was reached.</summary>
    public const string Open = "Open";

    /// <summary>Nothing was tried, or what was seen says nothing.</summary>
    public const string Unknown = "Unknown";
}
