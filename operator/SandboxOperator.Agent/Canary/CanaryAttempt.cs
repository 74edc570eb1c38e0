namespace SandboxOperator.Agent.Canary;

/// <summary>How one attempt to connect to the canary ended.</summary>
internal enum CanaryAttempt
{
    /// <summary>It answered.</summary>
    Reached,

    /// <summary>Nothing came back, or a router said that there is no way.</summary>
    Silent,

    /// <summary>Connection refused: by a policy that rejects instead of dropping, or by a server that is just starting.</summary>
    Refused,
}
