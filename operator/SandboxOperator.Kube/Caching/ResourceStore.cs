using System.Globalization;
using k8s;
using k8s.Models;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Kube.Caching;

/// <summary>
/// The state of a cache, without I/O. A watch tells changes in the order of versions; <see cref="Remember"/> may run
/// ahead of it. As long as the watch has not come to a remembered version, older news of that object are not believed;
/// once it has come past, only the watch counts.
/// </summary>
internal sealed class ResourceStore<T> : IResourceCache<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, T> _objects = [];
    private readonly Dictionary<string, ResourceIndex<T>> _indexes;
    private readonly Dictionary<ObjectKey, long> _ahead = [];
    private readonly PriorityQueue<ObjectKey, long> _aheadByVersion = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<T>? _trim;
    private Action<ResourceChange<T>>? _handlers;
    private long _seen;

    /// <param name="indexes">The values under which an object is found, by index.</param>
    /// <param name="trim">Removes from what is remembered what nobody reads; what a server tells comes trimmed.</param>
    public ResourceStore(
        IEnumerable<KeyValuePair<string, Func<T, IEnumerable<string>>>>? indexes = null,
        Action<T>? trim = null
    )
    {
        _indexes = (indexes ?? []).ToDictionary(
            index => index.Key,
            index => new ResourceIndex<T>(index.Value),
            StringComparer.Ordinal
        );
        _trim = trim;
    }

    public bool IsSynced => _synced.Task.IsCompleted;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _objects.Count;
            }
        }
    }

    public T? Get(ObjectKey key)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault(key);
        }
    }

    public IReadOnlyList<T> List()
    {
        lock (_lock)
        {
            return [.. _objects.Values];
        }
    }

    public IReadOnlyList<T> ByIndex(string index, string value)
    {
        lock (_lock)
        {
            return [.. _indexes[index].Keys(value).Select(key => _objects[key])];
        }
    }

    public Task WaitUntilSyncedAsync(CancellationToken token) => _synced.Task.WaitAsync(token);

    public IDisposable Subscribe(Action<ResourceChange<T>> handler)
    {
        lock (_lock)
        {
            _handlers += handler;
        }

        return new Subscription(() =>
        {
            lock (_lock)
            {
                _handlers -= handler;
            }
        });
    }

    public void Remember(T written)
    {
        if (Version(written) is not { } version)
        {
            return;
        }

        _trim?.Invoke(written);
        lock (_lock)
        {
            var key = ObjectKey.Of(written);
            if (version <= _seen || (_objects.GetValueOrDefault(key) is { } known && Version(known) >= version))
            {
                return;
            }

            _ahead[key] = version;
            _aheadByVersion.Enqueue(key, version);
            Set(key, written);
        }
    }

    /// <summary>A whole list: what it does not name is gone.</summary>
    public void Replace(IReadOnlyCollection<T> items, string resourceVersion)
    {
        lock (_lock)
        {
            var present = items.Select(ObjectKey.Of).ToHashSet();
            Advance(resourceVersion);
            foreach (var item in items)
            {
                SetFromServer(item);
            }

            foreach (var key in _objects.Keys.Where(key => !present.Contains(key) && !_ahead.ContainsKey(key)).ToList())
            {
                Remove(key);
            }
        }

        _synced.TrySetResult();
    }

    /// <summary>A line of a watch.</summary>
    public void Apply(WatchEvent<T> change)
    {
        lock (_lock)
        {
            switch (change.Kind)
            {
                case WatchEventKind.Present:
                    SetFromServer(change.Entity!);
                    break;
                case WatchEventKind.Deleted or WatchEventKind.Unreadable:
                    if (!IsAhead(change.Key, Parse(change.ResourceVersion)))
                    {
                        Remove(change.Key);
                    }

                    break;
                default:
                    break;
            }

            Advance(change.ResourceVersion);
        }
    }

    private static long? Version(T entity) => Parse(entity.Metadata.ResourceVersion);

    private static long? Parse(string? version) =>
        long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private bool IsAhead(ObjectKey key, long? version) => _ahead.TryGetValue(key, out var ahead) && ahead > version;

    private void SetFromServer(T entity)
    {
        var key = ObjectKey.Of(entity);
        if (IsAhead(key, Version(entity)))
        {
            return;
        }

        _ahead.Remove(key);
        Set(key, entity);
    }

    /// <summary>What was remembered and not confirmed until the watch came past it is no longer there.</summary>
    private void Advance(string resourceVersion)
    {
        _seen = Math.Max(_seen, Parse(resourceVersion) ?? _seen);
        while (_aheadByVersion.TryPeek(out var key, out var version) && version <= _seen)
        {
            _aheadByVersion.Dequeue();
            if (_ahead.TryGetValue(key, out var current) && current == version)
            {
                _ahead.Remove(key);
                Remove(key);
            }
        }
    }

    private void Set(ObjectKey key, T entity)
    {
        var before = _objects.GetValueOrDefault(key);
        if (before is not null && before.Metadata.ResourceVersion == entity.Metadata.ResourceVersion)
        {
            return;
        }

        _objects[key] = entity;
        foreach (var index in _indexes.Values)
        {
            index.Move(key, before, entity);
        }

        // Another object under the same name: the old one is gone, and its owner must hear of both.
        if (before is not null && before.Metadata.Uid != entity.Metadata.Uid)
        {
            _handlers?.Invoke(new ResourceChange<T>(ChangeKind.Deleted, before, before));
            before = null;
        }

        _handlers?.Invoke(
            new ResourceChange<T>(before is null ? ChangeKind.Added : ChangeKind.Updated, entity, before)
        );
    }

    private void Remove(ObjectKey key)
    {
        _ahead.Remove(key);
        if (!_objects.Remove(key, out var before))
        {
            return;
        }

        foreach (var index in _indexes.Values)
        {
            index.Move(key, before, after: null);
        }

        _handlers?.Invoke(new ResourceChange<T>(ChangeKind.Deleted, before, before));
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
