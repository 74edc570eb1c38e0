using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Controller.Tests.Simulation;

/// <summary>
/// As much of an API server as decides who gets a pod: versions, preconditions, names, and a log that watches follow as
/// late as they like. Writes may fail as they do in networks.
/// </summary>
internal sealed class SimulatedServer : IKubeClient
{
    private readonly Dictionary<(Type Kind, ObjectKey Key), JsonObject> _objects = [];
    private long _version = 1000;

    /// <summary>What happens to the writes to come, in order; none when empty.</summary>
    public Queue<Fault> Faults { get; } = new();

    public List<(Type Kind, ObjectKey Key, string Json, bool IsDeleted, long Version)> Log { get; } = [];

    public long Version => _version;

    public IReadOnlyList<T> All<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        [.. _objects.Where(each => each.Key.Kind == typeof(T)).Select(each => Read<T>(each.Value))];

    public Task<T?> GetAsync<T>(ObjectKey key, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        Task.FromResult(_objects.TryGetValue((typeof(T), key), out var found) ? Read<T>(found) : null);

    public Task<ListPage<T>> ListAsync<T>(ListQuery query, int limit, string? continueWith, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var label = query.LabelSelector?.Split('=');
        var items = All<T>()
            .Where(each => query.Namespace is null || each.Metadata.NamespaceProperty == query.Namespace)
            .Where(each =>
                label is null
                || (each.Metadata.Labels?.TryGetValue(label[0], out var value) == true && value == label[1])
            );
        return Task.FromResult(new ListPage<T>([.. items], $"{_version}", Continue: null, Unreadable: []));
    }

    public Task<T> CreateAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        Write(() =>
        {
            var key = ObjectKey.Of(entity);
            if (_objects.ContainsKey((typeof(T), key)))
            {
                throw new KubeException(HttpStatusCode.Conflict, "AlreadyExists", $"POST: {key} exists");
            }

            entity.Metadata.Uid = $"uid-{_version + 1}";
            entity.Metadata.CreationTimestamp = Sessions.TestObjects.Now.UtcDateTime;
            return Store<T>(key, JsonNode.Parse(KubernetesJson.Serialize(entity))!.AsObject());
        });

    public Task<T> PatchAsync<T>(
        ObjectKey key,
        V1Patch patch,
        string fieldManager,
        string? subresource,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        Write(() =>
        {
            var body = JsonNode.Parse(KubernetesJson.Serialize(patch.Content))!.AsObject();
            var found = Find<T>(key, (string?)body["metadata"]?["resourceVersion"]);
            Merge(found, body);
            return Store<T>(key, found);
        });

    public Task<T> ApplyStatusAsync<T, TStatus>(
        T entity,
        TStatus status,
        string fieldManager,
        bool unchanged,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta>, IStatus<TStatus?>
        where TStatus : class
    {
        var text = KubernetesJson.Serialize(status);
        if (entity.Status is not null && KubernetesJson.Serialize(entity.Status) == text)
        {
            return Task.FromResult(entity);
        }

        return Write(() =>
        {
            var found = Find<T>(ObjectKey.Of(entity), unchanged ? entity.Metadata.ResourceVersion : null);
            found["status"] = JsonNode.Parse(text);
            return Store<T>(ObjectKey.Of(entity), found);
        });
    }

    public Task<bool> DeleteAsync<T>(ObjectKey key, DeletePreconditions? preconditions, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        Write(() =>
        {
            if (!_objects.ContainsKey((typeof(T), key)))
            {
                return false;
            }

            var found = Find<T>(key, preconditions?.ResourceVersion);
            if (preconditions?.Uid is { } uid && (string?)found["metadata"]!["uid"] != uid)
            {
                throw new KubeException(HttpStatusCode.Conflict, "Conflict", "DELETE: another uid");
            }

            _objects.Remove((typeof(T), key));
            Log.Add((typeof(T), key, found.ToJsonString(), true, ++_version));
            return true;
        });

    public Task<T> ReplaceAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T> ApplyAsync<T>(T entity, string fieldManager, CancellationToken token)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ListQuery query,
        string resourceVersion,
        int seconds,
        CancellationToken token
    )
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public static T Read<T>(JsonObject json) => KubernetesJson.Deserialize<T>(json.ToJsonString());

    private Task<TAnswer> Write<TAnswer>(Func<TAnswer> write)
    {
        var fault = Faults.TryDequeue(out var next) ? next : Fault.None;
        if (fault == Fault.Lost)
        {
            return Task.FromException<TAnswer>(new KubeException(code: null, "Timeout", "lost"));
        }

        try
        {
            var answer = write();
            return fault == Fault.AnswerLost
                ? Task.FromException<TAnswer>(new KubeException(code: null, "Timeout", "answer lost"))
                : Task.FromResult(answer);
        }
        catch (KubeException refusal)
        {
            return Task.FromException<TAnswer>(refusal);
        }
    }

    private JsonObject Find<T>(ObjectKey key, string? version)
    {
        if (!_objects.TryGetValue((typeof(T), key), out var found))
        {
            throw new KubeException(HttpStatusCode.NotFound, "NotFound", $"{key}: not found");
        }

        var copy = found.DeepClone().AsObject();
        return version is null || (string?)copy["metadata"]!["resourceVersion"] == version
            ? copy
            : throw new KubeException(HttpStatusCode.Conflict, "Conflict", $"{key}: has changed");
    }

    private T Store<T>(ObjectKey key, JsonObject json)
    {
        json["metadata"]!["resourceVersion"] = $"{++_version}";
        _objects[(typeof(T), key)] = json;
        Log.Add((typeof(T), key, json.ToJsonString(), false, _version));
        return Read<T>(json);
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is JsonObject inner && target[name] is JsonObject old)
            {
                Merge(old, inner);
            }
            else
            {
                target[name] = value?.DeepClone();
            }
        }
    }
}
