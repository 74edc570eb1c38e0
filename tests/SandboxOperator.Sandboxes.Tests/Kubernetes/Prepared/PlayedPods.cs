using k8s.Models;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Sandboxes.Tests.Kubernetes.Prepared;

/// <summary>A cache of pods that the test changes.</summary>
internal sealed class PlayedPods : IResourceCache<V1Pod>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, V1Pod> _pods = [];
    private Action<ResourceChange<V1Pod>>? _handlers;

    public bool IsSynced => true;

    public void Set(string name, bool ready)
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                NamespaceProperty = "sandboxes",
                Uid = name + "-uid",
            },
            Status = new V1PodStatus { Conditions = [new V1PodCondition { Type = "Ready", Status = $"{ready}" }] },
        };
        Change(() => _pods[name] = pod, new ResourceChange<V1Pod>(ChangeKind.Updated, pod, Before: null));
    }

    public void Remove(string name) =>
        Change(() => _pods.Remove(name), new ResourceChange<V1Pod>(ChangeKind.Deleted, _pods[name], _pods[name]));

    public V1Pod? Get(ObjectKey key) => throw new NotSupportedException();

    public IReadOnlyList<V1Pod> ByIndex(string index, string value) => throw new NotSupportedException();

    public void Remember(V1Pod written) => throw new NotSupportedException();

    public Task WaitUntilSyncedAsync(CancellationToken token) => Task.CompletedTask;

    public IReadOnlyList<V1Pod> List()
    {
        lock (_gate)
        {
            return [.. _pods.Values];
        }
    }

    public IDisposable Subscribe(Action<ResourceChange<V1Pod>> handler)
    {
        _handlers += handler;
        return new MemoryStream();
    }

    private void Change(Action change, ResourceChange<V1Pod> told)
    {
        lock (_gate)
        {
            change();
        }

        _handlers?.Invoke(told);
    }
}
