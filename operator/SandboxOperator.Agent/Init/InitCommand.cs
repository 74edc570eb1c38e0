namespace SandboxOperator.Agent.Init;

/// <summary><c>sandbox-agent init</c>: PID 1 of the sandbox.</summary>
internal static class InitCommand
{
    public static int Run(string[] args) => throw new NotSupportedException($"init {string.Join(' ', args)}");
}
