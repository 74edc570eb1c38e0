using k8s;
using k8s.Models;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Queues;

namespace SandboxOperator.Kube.Controllers;

/// <summary>Lets any code ask for a reconcile. While this process does not lead, nothing happens: the leader's does.</summary>
/// <typeparam name="TEntity">The kind.</typeparam>
public sealed class EntityQueue<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private WorkQueue<ObjectKey>? _queue;

    /// <summary>Asks for a reconcile.</summary>
    /// <param name="entity">The object.</param>
    /// <param name="after">After what time; none for now.</param>
    public void Enqueue(TEntity entity, TimeSpan after = default) => Enqueue(ObjectKey.Of(entity), after);

    /// <summary>Asks for a reconcile.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="after">After what time; none for now.</param>
    public void Enqueue(ObjectKey key, TimeSpan after = default) => Volatile.Read(ref _queue)?.AddAfter(key, after);

    internal void Use(WorkQueue<ObjectKey>? queue) => Volatile.Write(ref _queue, queue);
}
