using k8s;
using k8s.Models;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Kube.Controllers;

/// <summary>Objects that are gone and whose controller has not yet dealt with it. Names may come again; uids do not.</summary>
internal sealed class DeletedObjects<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, Queue<TEntity>> _objects = [];

    public void Add(TEntity entity)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(ObjectKey.Of(entity), out var queue))
            {
                _objects.Add(ObjectKey.Of(entity), queue = new Queue<TEntity>());
            }

            queue.Enqueue(entity);
        }
    }

    public TEntity? Peek(ObjectKey key)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault(key)?.Peek();
        }
    }

    /// <summary>Removes the one that <see cref="Peek"/> gave.</summary>
    public void Remove(TEntity entity)
    {
        lock (_lock)
        {
            var key = ObjectKey.Of(entity);
            _objects[key].Dequeue();
            if (_objects[key].Count == 0)
            {
                _objects.Remove(key);
            }
        }
    }
}
