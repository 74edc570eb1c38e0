namespace SandboxOperator.Sandboxes.Local.Limits;

/// <summary>What the platform can limit beneath init's own watch.</summary>
internal enum LimitedResource
{
    Memory,
    Processes,
    Cpu,
}
