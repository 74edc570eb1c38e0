using SandboxOperator.Api.Agent;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Exec;

namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>Streams through the API server: a command in the agent's container joins its standard streams to the socket.</summary>
internal sealed class ExecAgentStreams(IPodExec exec, SessionNamespace space) : IAgentStreams
{
    public async ValueTask<Stream> OpenAsync(PodReference pod, CancellationToken cancellationToken) =>
        await exec.OpenAsync(
            new ObjectKey(space.Name, pod.Name),
            AgentLocation.Container,
            AgentLocation.Attach,
            cancellationToken
        );
}
