using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Agents;
using SandboxOperator.Sandboxes.Local.Launching;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>A sandbox's agent that has answered.</summary>
internal sealed record RunningAgent(SandboxProcess Process, AgentClient Client, AgentStatus Status) : IDisposable
{
    public void Dispose()
    {
        Client.Dispose();
        Process.Dispose();
    }
}
