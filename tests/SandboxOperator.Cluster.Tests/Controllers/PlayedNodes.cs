using k8s;
using k8s.Models;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>
/// A client that reads the nodes which the test says, whatever the cluster has: user namespaces are reported by nodes of
/// newer versions only, and nodes of a shared cluster are nobody's to change. Everything else goes to the server.
/// </summary>
internal sealed class PlayedNodes(IKubeClient server) : IKubeClient
{
    private volatile IReadOnlyList<V1Node> _nodes = [];

    /// <summary>From now on these are the nodes.</summary>
    public void Are(params V1Node[] nodes) => _nodes = nodes;

    public static V1Node Node(string name, bool hasUserNamespaces) =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = name },
            Status = new V1NodeStatus
            {
                RuntimeHandlers =
                [
                    new V1NodeRuntimeHandler
                    {
                        Name = "",
                        Features = new V1NodeRuntimeHandlerFeatures { UserNamespaces = hasUserNamespaces },
                    },
                ],
            },
        };

    public Task<ListPage<T>> ListAsync<T>(ListQuery query, int limit, string? continueWith, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        typeof(T) == typeof(V1Node)
            ? Task.FromResult(new ListPage<T>([.. _nodes.Cast<T>()], "1", Continue: null, Unreadable: []))
            : server.ListAsync<T>(query, limit, continueWith, token);

    public Task<T?> GetAsync<T>(ObjectKey key, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => server.GetAsync<T>(key, token);

    public Task<T> CreateAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => server.CreateAsync(entity, fieldManager, token);

    public Task<T> ReplaceAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => server.ReplaceAsync(entity, fieldManager, token);

    public Task<T> ApplyAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => server.ApplyAsync(entity, fieldManager, token);

    public Task<T> ApplyStatusAsync<T, TStatus>(
        T entity,
        TStatus status,
        string fieldManager,
        bool unchanged,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta>, IStatus<TStatus?>
        where TStatus : class => server.ApplyStatusAsync(entity, status, fieldManager, unchanged, token);

    public Task<T> PatchAsync<T>(
        ObjectKey key,
        V1Patch patch,
        string fieldManager,
        string? subresource,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        server.PatchAsync<T>(key, patch, fieldManager, subresource, token);

    public Task<bool> DeleteAsync<T>(ObjectKey key, DeletePreconditions? preconditions, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => server.DeleteAsync<T>(key, preconditions, token);

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ListQuery query,
        string resourceVersion,
        int seconds,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        server.WatchAsync<T>(query, resourceVersion, seconds, token);
}
