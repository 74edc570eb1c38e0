using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Controller.Hosting;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;

namespace SandboxOperator.Controller.Launching;

/// <summary>
/// Writes pods such that the cache, which decisions are made from, always knows of what was written:
/// <list type="number">
/// <item>Answers are remembered in the cache.</item>
/// <item>When no answer came, nobody knows whether it happened: whoever the pod was for is <see cref="SettleAsync">settled</see>
/// by a question to the API server before the next decision.</item>
/// <item>A deletion is known from when it was asked for.</item>
/// <item>What the leader before has written is <see cref="CatchUpAsync">read</see> when this process begins to lead.</item>
/// </list>
/// </summary>
[EntityRbac(
    typeof(V1Pod),
    Verbs = RbacVerbs.Read | RbacVerbs.Create | RbacVerbs.Patch | RbacVerbs.Delete,
    Role = RbacRole.Controller,
    Reason = "Makes sandboxes, gives them to sessions, and removes them."
)]
internal sealed class PodWriter : IDisposable
{
    private const string FieldManager = ControllerApp.Name;
    private const int PageSize = 500;
    private readonly IKubeClient _client;
    private readonly IResourceCache<V1Pod> _cache;
    private readonly IIsolationPolicy _policy;
    private readonly Canary _canary;
    private readonly ConcurrentDictionary<string, bool> _deleted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<PodOwner, bool> _unsure = new();
    private readonly IDisposable _subscription;

    public PodWriter(IKubeClient client, IResourceCache<V1Pod> cache, IIsolationPolicy policy, Canary canary)
    {
        _client = client;
        _cache = cache;
        _policy = policy;
        _canary = canary;
        _subscription = cache.Subscribe(change =>
        {
            if (change.Kind == ChangeKind.Deleted)
            {
                _deleted.TryRemove(change.Entity.Metadata.Uid, out _);
            }
        });
    }

    /// <summary>Whether the pod goes, or will as soon as the API server has heard of it.</summary>
    public bool IsLeaving(V1Pod pod) => pod.IsLeaving() || _deleted.ContainsKey(pod.Metadata.Uid);

    /// <summary>Creates a pod, with the network policy in place before it.</summary>
    /// <returns>The pod.</returns>
    /// <exception cref="KubeException">It was refused, it exists, or nobody knows.</exception>
    public async Task<V1Pod> CreateAsync(PodOwner owner, PodRequest request, CancellationToken token)
    {
        await _policy.EnsureAsync(request.Namespace, token);
        var pod = PodBuilder.Build(
            request with
            {
                Canary = await _canary.ForAsync(request, token),
                CanaryPatience = _canary.Patience(request.Namespace),
            }
        );
        return await WriteAsync(owner, () => _client.CreateAsync(pod, FieldManager, token));
    }

    /// <summary>
    /// Gives a warm pod to a session with one conditional patch: of several who want it, one gets it.
    /// </summary>
    /// <exception cref="KubeException">A conflict: the pod has changed since, or has a session.</exception>
    public Task<V1Pod> ClaimAsync(PodOwner owner, V1Pod pod, V1OwnerReference session, CancellationToken token)
    {
        var metadata = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["resourceVersion"] = pod.Metadata.ResourceVersion,
            ["labels"] = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [SandboxLabels.Session] = session.Name,
            },
            ["annotations"] = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [PodBuilder.SafeToEvict] = "false",
            },
            ["ownerReferences"] = new[] { session },
        };
        var body = new Dictionary<string, object>(StringComparer.Ordinal) { ["metadata"] = metadata };
        var patch = new V1Patch(body, V1Patch.PatchType.MergePatch);
        return WriteAsync(
            owner,
            () => _client.PatchAsync<V1Pod>(ObjectKey.Of(pod), patch, FieldManager, subresource: null, token)
        );
    }

    /// <summary>Deletes a pod as it is known: not another of its name.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="unchanged">Fail with a conflict when it has changed, for example because a session has it now.</param>
    /// <param name="token">Stops waiting.</param>
    public async Task DeleteAsync(V1Pod pod, bool unchanged, CancellationToken token)
    {
        var preconditions = new DeletePreconditions(pod.Metadata.Uid, unchanged ? pod.Metadata.ResourceVersion : null);
        try
        {
            var existed = await _client.DeleteAsync<V1Pod>(ObjectKey.Of(pod), preconditions, token);
            if (existed && _cache.Get(ObjectKey.Of(pod))?.Metadata.Uid == pod.Metadata.Uid)
            {
                _deleted[pod.Metadata.Uid] = true;
            }
        }
        catch (KubeException exception) when (exception.IsConflict && !unchanged)
        {
            // Another pod has its name: this one is gone.
        }
    }

    /// <summary>The pod as the API server has it now.</summary>
    public async Task<V1Pod?> ReadAsync(ObjectKey key, CancellationToken token) =>
        await _client.GetAsync<V1Pod>(key, token) is { } pod ? Remember(pod) : null;

    /// <summary>Asks the API server about the pods of somebody for whom a write may or may not have happened.</summary>
    public async Task SettleAsync(PodOwner owner, CancellationToken token)
    {
        if (_unsure.ContainsKey(owner))
        {
            await ListAsync(new ListQuery(owner.Namespace, $"{owner.Label}={owner.Name}"), token);
            _unsure.TryRemove(owner, out _);
        }
    }

    /// <summary>Puts what others wrote until now into the cache, however late its watch is.</summary>
    public Task CatchUpAsync(CancellationToken token) =>
        ListAsync(new ListQuery(LabelSelector: SandboxCaches.PodSelector), token);

    public void Dispose() => _subscription.Dispose();

    private async Task ListAsync(ListQuery query, CancellationToken token)
    {
        string? next = null;
        do
        {
            var page = await _client.ListAsync<V1Pod>(query, PageSize, next, token);
            foreach (var pod in page.Items)
            {
                Remember(pod);
            }

            next = page.Continue;
        } while (next is not null);
    }

    private async Task<V1Pod> WriteAsync(PodOwner owner, Func<Task<V1Pod>> write)
    {
        try
        {
            return Remember(await write());
        }
        catch (Exception exception)
            when (exception
                    is OperationCanceledException
                        or KubeException { Code: null or >= (System.Net.HttpStatusCode)500 }
            )
        {
            _unsure[owner] = true;
            throw;
        }
    }

    private V1Pod Remember(V1Pod pod)
    {
        _cache.Remember(pod);
        return pod;
    }
}
