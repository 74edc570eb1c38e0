using k8s;
using k8s.Models;
using SandboxOperator.Kube.Caching;

namespace SandboxOperator.Kube.Controllers;

/// <summary>Which changes call for a reconcile.</summary>
internal static class Concerns
{
    public static bool ByDefault<T>(ResourceChange<T> change)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (change.Kind != ChangeKind.Updated || change.Before is null)
        {
            return true;
        }

        var (before, now) = (change.Before.Metadata, change.Entity.Metadata);
        // Kinds without a generation say nothing of where they changed.
        return now.Generation is null
            || now.Generation != before.Generation
            || now.DeletionTimestamp != before.DeletionTimestamp
            || !Same(now.Labels, before.Labels)
            || !Same(now.Annotations, before.Annotations)
            || !(now.Finalizers ?? []).SequenceEqual(before.Finalizers ?? [], StringComparer.Ordinal)
            || !(now.OwnerReferences ?? [])
                .Select(owner => owner.Uid)
                .SequenceEqual((before.OwnerReferences ?? []).Select(owner => owner.Uid), StringComparer.Ordinal);
    }

    private static bool Same(IDictionary<string, string>? left, IDictionary<string, string>? right) =>
        (left?.Count ?? 0) == (right?.Count ?? 0)
        && (left is null || left.All(pair => right!.TryGetValue(pair.Key, out var value) && value == pair.Value));
}
