using System.Collections.Concurrent;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Kube.Caching;

namespace SandboxOperator.Controller.Isolation;

/// <summary>
/// What is known of a namespace's network, before and beside its next sandbox: what the newest of its pods has found,
/// and which policies of others open its sandboxes.
/// </summary>
internal sealed class NetworkKnowledge : IDisposable
{
    /// <summary>The index of network policies by namespace.</summary>
    public const string ByNamespace = "namespace";

    private readonly IResourceCache<V1NetworkPolicy> _policies;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Finding> _newest = new(StringComparer.Ordinal);
    private readonly IDisposable _subscription;

    public NetworkKnowledge(IResourceCache<V1Pod> pods, IResourceCache<V1NetworkPolicy> policies, TimeProvider time)
    {
        (_policies, _time) = (policies, time);
        _subscription = pods.Subscribe(change => Learn(change.Entity));
        foreach (var pod in pods.List())
        {
            Learn(pod);
        }
    }

    /// <summary>What the newest sandbox that could say has said; null when none has.</summary>
    public Condition? LastSeen(string @namespace) => _newest.GetValueOrDefault(@namespace)?.Condition;

    /// <summary>When that sandbox was made; null when none has said anything.</summary>
    public DateTimeOffset? LastSeenAt(string @namespace) =>
        _newest.GetValueOrDefault(@namespace) is { } newest
            ? new DateTimeOffset(DateTime.SpecifyKind(newest.PodCreated, DateTimeKind.Utc))
            : null;

    /// <summary>Why sandboxes of a namespace are open whatever the network enforces; null when no policy opens them.</summary>
    public string? OpenedBy(string @namespace)
    {
        var opening = _policies
            .ByIndex(ByNamespace, @namespace)
            .Select(policy => (policy.Metadata.Name, Opened: SandboxPolicy.Opens(policy)))
            .Where(policy => policy.Opened.Count > 0)
            .OrderBy(policy => policy.Name, StringComparer.Ordinal)
            .Select(policy => $"'{policy.Name}' allows {string.Join(" and ", policy.Opened)}")
            .ToList();
        return opening.Count == 0
            ? null
            : $"Network policies add up, and of this namespace's {string.Join(", ", opening)} for pods that include sandboxes. "
                + "Narrow its podSelector. The sandbox's own filter does not depend on policies.";
    }

    public void Dispose() => _subscription.Dispose();

    private void Learn(V1Pod pod)
    {
        var found = PodIsolation.Of(pod, _time.GetUtcNow()).NetworkPolicyEnforced;
        if (found.Status == ConditionStatus.Unknown)
        {
            return;
        }

        var finding = new Finding(pod.Metadata.CreationTimestamp ?? DateTime.MinValue, found);
        _newest.AddOrUpdate(
            pod.Metadata.NamespaceProperty,
            finding,
            (_, known) => known.PodCreated > finding.PodCreated ? known : finding
        );
    }

    private sealed record Finding(DateTime PodCreated, Condition Condition);
}
