namespace SandboxOperator.Sandboxes;

/// <summary>The agent refused a call, which therefore did not run.</summary>
public sealed class CallRefusedException(string message, string code, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>One of <see cref="SandboxOperator.Api.Agent.AgentErrorCodes"/>.</summary>
    public string Code { get; } = code;
}
