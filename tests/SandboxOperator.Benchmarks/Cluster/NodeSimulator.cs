using System.Threading.Channels;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Benchmarks.Cluster;

/// <summary>Plays all nodes: a sandbox pod is ready as soon as it is there.</summary>
internal sealed class NodeSimulator : IAsyncDisposable
{
    private const int Connections = 8;

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<ObjectKey> _work = Channel.CreateUnbounded<ObjectKey>();
    private readonly IKubeClient _client;
    private readonly ListQuery _query;
    private readonly Task _running;

    public NodeSimulator(BenchCluster cluster)
    {
        _client = cluster.Client;
        _query = new ListQuery(cluster.Namespace, $"{SandboxLabels.Sandbox}=true");
        _running = Task.WhenAll([WatchAsync(), .. Enumerable.Range(0, Connections).Select(_ => WorkAsync())]);
    }

    /// <summary>The status that a pod gets.</summary>
    public static V1Patch Ready { get; } =
        new(
            """
            {"status":{"phase":"Running","conditions":[
              {"type":"PodScheduled","status":"True"},{"type":"ContainersReady","status":"True"},{"type":"Ready","status":"True"}],
              "initContainerStatuses":[{"name":"canary","image":"agent","imageID":"agent","ready":true,"restartCount":0,
                "state":{"terminated":{"exitCode":0,"message":"{\"networkPolicy\":\"Enforced\",\"detail\":\"simulated\"}"}}}],
              "containerStatuses":[
                {"name":"agent","image":"agent","imageID":"agent","ready":true,"started":true,"restartCount":0,"state":{"running":{}}},
                {"name":"kernel","image":"runtime","imageID":"runtime","ready":true,"started":true,"restartCount":0,"state":{"running":{}}}]}}
            """,
            V1Patch.PatchType.MergePatch
        );

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }

        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var version = (await _client.ListAsync<V1Pod>(_query, 1, null, _stop.Token)).ResourceVersion;
        while (true)
        {
            await foreach (var change in _client.WatchAsync<V1Pod>(_query, version, 600, _stop.Token))
            {
                version = change.ResourceVersion;
                if (change is { Kind: WatchEventKind.Present, Entity: { } pod } && seen.Add(pod.Metadata.Uid))
                {
                    _work.Writer.TryWrite(change.Key);
                }
            }
        }
    }

    private async Task WorkAsync()
    {
        await foreach (var pod in _work.Reader.ReadAllAsync(_stop.Token))
        {
            try
            {
                await _client.PatchAsync<V1Pod>(pod, Ready, "simulator", "status", _stop.Token);
            }
            catch (KubeException gone) when (gone.IsNotFound)
            {
                // Deleted meanwhile.
            }
        }
    }
}
