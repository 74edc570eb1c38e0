using k8s;
using k8s.Models;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Queues;

namespace SandboxOperator.Kube.Controllers;

/// <summary>How a controller is called.</summary>
/// <typeparam name="TEntity">The kind.</typeparam>
public sealed class ControllerOptions<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>How many objects are reconciled at once.</summary>
    public int Workers { get; set; } = 8;

    /// <summary>Waits after failures.</summary>
    public RetryPolicy Retries { get; set; } = RetryPolicy.Default;

    /// <summary>How long a reconcile may take before it is stopped and counts as failed.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Which changes call for a reconcile. By default those of spec, labels, annotations, finalizers, owners and the
    /// beginning of deletion, not those of the status, which the controller itself writes.
    /// </summary>
    public Func<ResourceChange<TEntity>, bool> Concerns { get; set; } = Controllers.Concerns.ByDefault;

    /// <summary>The W3C <c>traceparent</c> that the spans of an object's reconciles join; null for traces of their own.</summary>
    public Func<TEntity, string?> TraceParent { get; set; } = _ => null;

    internal List<Func<IServiceProvider, Action<ObjectKey>, IDisposable>> Sources { get; } = [];

    internal List<Func<IServiceProvider, CancellationToken, Task>> Waits { get; } = [];

    /// <summary>Changes of objects that objects of this kind own wake their owner. The kind needs a cache.</summary>
    /// <typeparam name="TOwned">The kind that is owned.</typeparam>
    /// <returns>These options.</returns>
    public ControllerOptions<TEntity> Owns<TOwned>()
        where TOwned : class, IKubernetesObject<V1ObjectMeta>
    {
        var owner = KubeKind.Of<TEntity>();
        return Watches<TOwned>(owned => Owners.Of(owned, owner.Kind, owner.Group));
    }

    /// <summary>Changes of objects of another kind wake those that depend on them. The kind needs a cache.</summary>
    /// <param name="dependents">Which objects depend on one; it is called for an object as it was and as it is.</param>
    /// <typeparam name="TOther">The other kind.</typeparam>
    /// <returns>These options.</returns>
    public ControllerOptions<TEntity> Watches<TOther>(Func<TOther, IEnumerable<ObjectKey>> dependents)
        where TOther : class, IKubernetesObject<V1ObjectMeta> => Watches<TOther>((_, other) => dependents(other));

    /// <summary>Changes of objects of another kind wake those that depend on them. The kind needs a cache.</summary>
    /// <param name="dependents">Which objects depend on one, as the program's services know, a cache's index for example.</param>
    /// <typeparam name="TOther">The other kind.</typeparam>
    /// <returns>These options.</returns>
    public ControllerOptions<TEntity> Watches<TOther>(Func<IServiceProvider, TOther, IEnumerable<ObjectKey>> dependents)
        where TOther : class, IKubernetesObject<V1ObjectMeta>
    {
        Sources.Add(
            (services, add) =>
                Cache<TOther>(services)
                    .Subscribe(change =>
                    {
                        var keys = dependents(services, change.Entity);
                        foreach (
                            var key in change.Before is null ? keys : keys.Union(dependents(services, change.Before))
                        )
                        {
                            add(key);
                        }
                    })
        );
        return BeforeWork((services, token) => Cache<TOther>(services).WaitUntilSyncedAsync(token));
    }

    /// <summary>
    /// Something to wait for whenever this process begins to lead, before the first object is reconciled: for example
    /// that what the leader before has written is in the cache.
    /// </summary>
    /// <param name="wait">Called in the order of addition, after the cache of the controller's kind has seen everything once.</param>
    /// <returns>These options.</returns>
    public ControllerOptions<TEntity> BeforeWork(Func<IServiceProvider, CancellationToken, Task> wait)
    {
        Waits.Add(wait);
        return this;
    }

    private static IResourceCache<TOther> Cache<TOther>(IServiceProvider services)
        where TOther : class =>
        services.GetService(typeof(IResourceCache<TOther>)) as IResourceCache<TOther>
        ?? throw new InvalidOperationException($"Add a cache first: AddCache<{typeof(TOther).Name}>().");
}
