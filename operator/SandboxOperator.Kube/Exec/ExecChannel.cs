namespace SandboxOperator.Kube.Exec;

/// <summary>The first byte of every message.</summary>
internal static class ExecChannel
{
    public const byte Input = 0;
    public const byte Output = 1;
    public const byte Error = 2;
    public const byte Status = 3;

    /// <summary>Version 5 only: the channel named by the next byte ends.</summary>
    public const byte Close = 255;
}
