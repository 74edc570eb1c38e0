using System.Text.Json;
using SandboxOperator.Agent.Serve.Calls;
using SandboxOperator.Agent.Serve.Kernels;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Http;

/// <summary><c>GET /status</c>.</summary>
internal sealed class StatusEndpoint(CallRunner runner, KernelSide kernel)
{
    public Task GetAsync(HttpContext context) =>
        AgentHttp.JsonAsync(
            context,
            JsonSerializer.SerializeToUtf8Bytes(runner.Status(kernel.NotReadyReason), AgentJson.Default.AgentStatus)
        );
}
