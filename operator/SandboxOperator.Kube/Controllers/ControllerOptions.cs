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
        where TOther : class, IKubernetesObject<V1ObjectMeta>
    {
        Sources.Add(
            (services, add) =>
                Cache<TOther>(services)
                    .Subscribe(change =>
                    {
                        var keys = dependents(change.Entity);
                        foreach (var key in change.Before is null ? keys : keys.Union(dependents(change.Before)))
                        {
                            add(key);
                        }
                    })
        );
        Waits.Add((services, token) => Cache<TOther>(services).WaitUntilSyncedAsync(token));
        return this;
    }

    private static IResourceCache<TOther> Cache<TOther>(IServiceProvider services)
        where TOther : class =>
        services.GetService(typeof(IResourceCache<TOther>)) as IResourceCache<TOther>
        ?? throw new InvalidOperationException($"Add a cache first: AddCache<{typeof(TOther).Name}>().");
}
