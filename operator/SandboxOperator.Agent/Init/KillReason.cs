namespace SandboxOperator.Agent.Init;

/// <summary>Why init ended a kernel.</summary>
internal enum KillReason
{
    None,
    Memory,
    Processes,
    Disk,
    Files,
    Timeout,
    Interrupt,
    Control,
}
