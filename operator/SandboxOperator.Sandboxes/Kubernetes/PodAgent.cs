using SandboxOperator.Api.Agent;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Sandboxes.Agents;

namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>The agent of one pod, reached over exec streams: one for each HTTP connection.</summary>
internal sealed class PodAgent : IDisposable
{
    private static readonly AgentClientOptions Bounds = new()
    {
        // The runtime says how long a call may run: at most a day.
        LongestCall = TimeSpan.FromHours(24),
        // An API server that starts again; a pod that has gone is told by the watch, long before.
        ReattachPatience = TimeSpan.FromMinutes(2),
    };
    private int _disposed;

    private PodAgent(PodReference pod, AgentClient client, AgentStatus status) =>
        (Pod, Client, Status) = (pod, client, status);

    public PodReference Pod { get; }

    public AgentClient Client { get; }

    /// <summary>What it said of itself when it was reached first.</summary>
    public AgentStatus Status { get; }

    /// <summary>Reaches the agent of a pod.</summary>
    /// <exception cref="SandboxLostException">It does not answer; the message says why.</exception>
    public static Task<PodAgent> ConnectAsync(
        IAgentStreams streams,
        PodReference pod,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => ConnectAsync(streams, pod, time, static (client, token) => client.GetStatusAsync(token), cancellationToken);

    /// <summary>Reaches the agent of a pod that is starting, and waits until it says whether code can run.</summary>
    /// <exception cref="SandboxLostException">It does not answer; the message says why.</exception>
    public static Task<PodAgent> AwaitAsync(
        IAgentStreams streams,
        PodReference pod,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => ConnectAsync(streams, pod, time, static (client, token) => client.AwaitReadyAsync(token), cancellationToken);

    private static async Task<PodAgent> ConnectAsync(
        IAgentStreams streams,
        PodReference pod,
        TimeProvider time,
        Func<AgentClient, CancellationToken, Task<AgentStatus>> ask,
        CancellationToken cancellationToken
    )
    {
        var connections = AgentConnections.Over(token => streams.OpenAsync(pod, token));
        var client = new AgentClient(connections, Bounds, time);
        try
        {
            return new PodAgent(pod, client, await ask(client, cancellationToken));
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Closes its streams; who waits for an answer hears that the sandbox was lost.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Client.Dispose();
        }
    }
}
