using System.Collections.Concurrent;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Sandboxes.Kubernetes;

namespace SandboxOperator.Sandboxes.Tests.Kubernetes.Prepared;

/// <summary>Opens streams that lead nowhere, and keeps them.</summary>
internal sealed class PlayedStreams : IAgentStreams
{
    private readonly ConcurrentQueue<(string Pod, MemoryStream Stream)> _opened = [];

    /// <summary>A pod whose agent cannot be reached.</summary>
    public string? Unreachable { get; set; }

    /// <summary>How often it was tried.</summary>
    public int Refused { get; private set; }

    public ValueTask<Stream> OpenAsync(PodReference pod, CancellationToken cancellationToken)
    {
        if (pod.Name == Unreachable)
        {
            Refused++;
            throw new IOException("The pod has no agent.");
        }

        var stream = new MemoryStream();
        _opened.Enqueue((pod.Name, stream));
        return ValueTask.FromResult<Stream>(stream);
    }

    public IReadOnlyList<MemoryStream> Of(string pod) =>
        [.. _opened.Where(each => each.Pod == pod).Select(each => each.Stream)];

    public int Count => _opened.Count;
}
