namespace SandboxOperator.Agent.Init;

/// <summary>How it looks in the sandbox when a call's code has ended.</summary>
internal enum AftermathState
{
    /// <summary>What still runs may stay, and waits for something.</summary>
    Settled,

    /// <summary>Something computes, forks or dies.</summary>
    Restless,

    /// <summary>There are more processes than allowed.</summary>
    Crowded,
}
