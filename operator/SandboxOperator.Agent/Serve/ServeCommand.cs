namespace SandboxOperator.Agent.Serve;

/// <summary><c>sandbox-agent serve</c>: the agent's HTTP API outside of the sandbox.</summary>
internal static class ServeCommand
{
    public static int Run(string[] args) => throw new NotSupportedException($"serve {string.Join(' ', args)}");
}
