namespace SandboxOperator.Agent.Init;

/// <summary>What to do about the disk.</summary>
internal enum DiskAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Let the code read "No space left on device" and keep its variables.</summary>
    Warn,

    /// <summary>End what goes on writing.</summary>
    Kill,
}
