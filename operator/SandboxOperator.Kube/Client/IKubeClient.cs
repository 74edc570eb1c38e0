using k8s;
using k8s.Models;

namespace SandboxOperator.Kube.Client;

/// <summary>
/// Reads and writes objects of any kind with <c>[KubernetesEntity]</c>. Every request has a deadline of 30 seconds and
/// fails with a <see cref="KubeException"/>. Within that time a server that has not begun with a request (429) and says
/// when to come again is asked again; nothing else is tried twice here, queues do that.
/// </summary>
public interface IKubeClient
{
    /// <summary>Reads an object.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="token">Stops waiting.</param>
    /// <typeparam name="T">The kind.</typeparam>
    /// <returns>The object; null when there is none.</returns>
    Task<T?> GetAsync<T>(ObjectKey key, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Reads one page of a list.</summary>
    /// <param name="query">Which objects.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="continueWith">Of the page before; null for the first page.</param>
    /// <param name="token">Stops waiting.</param>
    /// <typeparam name="T">The kind.</typeparam>
    /// <returns>The page.</returns>
    Task<ListPage<T>> ListAsync<T>(ListQuery query, int limit, string? continueWith, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Creates an object.</summary>
    /// <param name="entity">The object.</param>
    /// <param name="fieldManager">Who owns its fields.</param>
    /// <param name="token">Stops waiting.</param>
    /// <typeparam name="T">The kind.</typeparam>
    /// <returns>The object as stored.</returns>
    Task<T> CreateAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Replaces an object, if nobody has changed it since it was read.</summary>
    /// <param name="entity">The object, with its resource version.</param>
    /// <param name="fieldManager">Who owns what changes.</param>
    /// <param name="token">Stops waiting.</param>
    /// <typeparam name="T">The kind.</typeparam>
    /// <returns>The object as stored.</returns>
    Task<T> ReplaceAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Server-side apply: what is given is set and owned, what the manager owned before and is not given is removed,
    /// what others own stays, except that fields given here are taken over. With a resource version it is conditional.
    /// </summary>
    /// <param name="entity">The fields to own; a new object is created.</param>
    /// <param name="fieldManager">Who owns them.</param>
    /// <param name="token">Stops waiting.</param>
    /// <typeparam name="T">The kind.</typeparam>
    /// <returns>The object as stored.</returns>
    Task<T> ApplyAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Server-side apply of a status; no request when it says what the entity already says.
    /// </summary>
    /// <param name="entity">The object as it is known, its status included.</param>
    /// <param name="status">The whole status that the manager stands for.</param>
    /// <param name="fieldManager">Who owns it.</param>
    /// <param name="unchanged">Fail with a conflict when somebody has changed the object since.</param>
    /// <param name="token">Stops waiting.</param>
    /// <typeparam name="T">The kind.</typeparam>
    /// <typeparam name="TStatus">Its status.</typeparam>
    /// <returns>The object as stored, or the one given.</returns>
    Task<T> ApplyStatusAsync<T, TStatus>(
        T entity,
        TStatus status,
        string fieldManager,
        bool unchanged,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta>, IStatus<TStatus?>
        where TStatus : class;

    /// <summary>Changes parts of an object.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="patch">A JSON patch or a merge patch.</param>
    /// <param name="fieldManager">Who owns what changes.</param>
    /// <param name="subresource">A part of the object, for example <c>status</c>; null for the object.</param>
    /// <param name="token">Stops waiting.</param>
    /// <typeparam name="T">The kind.</typeparam>
    /// <returns>The object as stored.</returns>
    Task<T> PatchAsync<T>(
        ObjectKey key,
        V1Patch patch,
        string fieldManager,
        string? subresource,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Deletes an object; what it owns follows in the background.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="preconditions">What must still hold.</param>
    /// <param name="token">Stops waiting.</param>
    /// <typeparam name="T">The kind.</typeparam>
    /// <returns>False when there was no such object.</returns>
    Task<bool> DeleteAsync<T>(ObjectKey key, DeletePreconditions? preconditions, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Follows changes on a connection of its own until the server ends the watch, which is normal, or the caller stops.
    /// </summary>
    /// <param name="query">Which objects.</param>
    /// <param name="resourceVersion">The version after which to begin.</param>
    /// <param name="seconds">After how long the server ends the watch.</param>
    /// <param name="token">Ends the watch.</param>
    /// <typeparam name="T">The kind.</typeparam>
    /// <returns>The changes, and bookmarks that only carry a version.</returns>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ListQuery query,
        string resourceVersion,
        int seconds,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta>;
}
