namespace SandboxOperator.Agent.Attach;

/// <summary><c>sandbox-agent attach</c>: joins stdio to the agent's socket.</summary>
internal static class AttachCommand
{
    public static int Run(string[] args) => throw new NotSupportedException($"attach {string.Join(' ', args)}");
}
