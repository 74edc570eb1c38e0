using SandboxOperator.Api.Sessions;

namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>Opens streams to the agents in pods.</summary>
internal interface IAgentStreams
{
    /// <summary>A new stream to the socket of the agent's API.</summary>
    /// <exception cref="IOException">The agent cannot be reached; the message says why.</exception>
    ValueTask<Stream> OpenAsync(PodReference pod, CancellationToken cancellationToken);
}
