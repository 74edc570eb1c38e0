using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Sandboxes.Kubernetes.Prepared;

/// <summary>The pods that wait in pools for a session.</summary>
[EntityRbac(
    typeof(V1Pod),
    Verbs = RbacVerbs.List | RbacVerbs.Watch,
    Role = RbacRole.Gateway,
    Reason = "Reaches the agents of pods that wait in a pool before a session has one of them."
)]
internal static class WaitingPods
{
    /// <summary>All of a namespace that were made for a pool, without what is not asked for here.</summary>
    public static void Cache(ResourceCacheOptions<V1Pod> cache, string @namespace)
    {
        cache.Query = new ListQuery(@namespace, $"{SandboxLabels.Pool},!{SandboxLabels.Session}");
        cache.Trim = static pod =>
        {
            pod.Spec = new V1PodSpec();
            pod.Metadata.Annotations = null;
            pod.Metadata.OwnerReferences = null;
            pod.Status = new V1PodStatus
            {
                Conditions = pod.Status?.Conditions,
                ContainerStatuses = pod.Status?.ContainerStatuses,
            };
        };
    }

    /// <summary>Whether its agent can be reached.</summary>
    public static bool IsReady(V1Pod pod) => pod.Metadata.DeletionTimestamp is null && pod.IsUp();

    public static PodReference Reference(V1Pod pod) => new() { Name = pod.Metadata.Name, Uid = pod.Metadata.Uid };
}
