using System.Globalization;
using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Kube.Tests.Fakes;

/// <summary>Leases that several processes fight for, without a network, so that time can be stopped.</summary>
internal sealed class InMemoryLeases : IKubeClient
{
    private readonly Lock _lock = new();
    private string? _lease;
    private int _version;

    /// <summary>The identity that cannot reach the server.</summary>
    public string? Unreachable { get; set; }

    public string? Holder => Read()?.Spec.HolderIdentity;

    public Task<T?> GetAsync<T>(ObjectKey key, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult(Read() as T);

    public Task<T> CreateAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult(Write(entity, isNew: true));

    public Task<T> ReplaceAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult(Write(entity, isNew: false));

    public Task<ListPage<T>> ListAsync<T>(ListQuery query, int limit, string? continueWith, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T> ApplyAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T> ApplyStatusAsync<T, TStatus>(
        T entity,
        TStatus status,
        string fieldManager,
        bool unchanged,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta>, IStatus<TStatus?>
        where TStatus : class => throw new NotSupportedException();

    public Task<T> PatchAsync<T>(
        ObjectKey key,
        V1Patch patch,
        string fieldManager,
        string? subresource,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<bool> DeleteAsync<T>(ObjectKey key, DeletePreconditions? preconditions, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ListQuery query,
        string resourceVersion,
        int seconds,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    private V1Lease? Read()
    {
        lock (_lock)
        {
            return _lease is null ? null : KubeJson.Entity<V1Lease>(JsonSerializer.Deserialize<JsonElement>(_lease));
        }
    }

    private T Write<T>(T entity, bool isNew)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_lock)
        {
            var lease = (V1Lease)(object)entity;
            if (Unreachable is not null && lease.Spec.HolderIdentity == Unreachable)
            {
                throw new KubeException(code: null, "Unreachable", "no route");
            }

            if (
                isNew != _lease is null
                || (!isNew && lease.Metadata.ResourceVersion != Read()!.Metadata.ResourceVersion)
            )
            {
                throw new KubeException(HttpStatusCode.Conflict, "Conflict", "it was changed");
            }

            lease.Metadata.ResourceVersion = (++_version).ToString(CultureInfo.InvariantCulture);
            _lease = KubernetesJson.Serialize(lease);
            return (T)(object)Read()!;
        }
    }
}
