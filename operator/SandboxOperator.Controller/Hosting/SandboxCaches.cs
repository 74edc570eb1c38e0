using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Hosting;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Hosting;

/// <summary>What the controller keeps in memory, and how it is found.</summary>
internal static class SandboxCaches
{
    /// <summary>Which pods: all sandboxes, of all namespaces.</summary>
    public const string PodSelector = SandboxLabels.Sandbox + "=true";

    private static readonly SharedTexts Shared = new();

    private const string PodsOfSession = "session";
    private const string PodsOfPool = "pool";
    private const string WarmPods = "warm";
    private const string ByRuntime = "runtime";

    public static KubernetesOperatorBuilder AddSandboxCaches(this KubernetesOperatorBuilder builder) =>
        builder
            .AddCache<V1Pod>(Pods)
            .AddCache<SandboxRuntime>()
            .AddCache<SandboxSession>(Sessions)
            .AddCache<SandboxPool>(cache =>
                cache.Indexes[ByRuntime] = pool => [Key(pool.Metadata, pool.Spec.RuntimeRef.Name)]
            );

    public static void Sessions(ResourceCacheOptions<SandboxSession> cache)
    {
        cache.Trim = Trim;
        cache.Indexes[ByRuntime] = session => [Key(session.Metadata, session.Spec.RuntimeRef.Name)];
    }

    public static void Pods(ResourceCacheOptions<V1Pod> cache)
    {
        cache.Query = new ListQuery(LabelSelector: PodSelector);
        cache.Trim = Trim;
        cache.Indexes[PodsOfSession] = pod => pod.Session() is { } session ? [Key(pod.Metadata, session)] : [];
        cache.Indexes[PodsOfPool] = pod => pod.WaitsInPool() is { } pool ? [Key(pod.Metadata, pool)] : [];
        cache.Indexes[WarmPods] = pod =>
            pod.WaitsInPool() is not null && pod.IsReady()
                ? [Warm(pod.Metadata, pod.Label(SandboxLabels.Runtime), pod.Label(SandboxLabels.RuntimeHash))]
                : [];
    }

    /// <summary>Pods that carry the session's name; whether they are its own is for their owner to say.</summary>
    public static IReadOnlyList<V1Pod> OfSession(this IResourceCache<V1Pod> pods, SandboxSession session) =>
        pods.ByIndex(PodsOfSession, Key(session.Metadata, session.Metadata.Name));

    /// <summary>Unclaimed pods that carry the pool's name.</summary>
    public static IReadOnlyList<V1Pod> OfPool(this IResourceCache<V1Pod> pods, SandboxPool pool) =>
        pods.ByIndex(PodsOfPool, Key(pool.Metadata, pool.Metadata.Name));

    /// <summary>
    /// Unclaimed pods that are ready and made from a runtime as it is now. Another runtime that asks for the same has
    /// pools of its own.
    /// </summary>
    public static IEnumerable<V1Pod> WarmOf(
        this IResourceCache<V1Pod> pods,
        SandboxRuntime runtime,
        IReadOnlyList<string> runtimeHashes
    ) => runtimeHashes.SelectMany(hash => pods.ByIndex(WarmPods, Warm(runtime.Metadata, runtime.Metadata.Name, hash)));

    public static IReadOnlyList<SandboxSession> Of(
        this IResourceCache<SandboxSession> sessions,
        SandboxRuntime runtime
    ) => sessions.ByIndex(ByRuntime, Key(runtime.Metadata, runtime.Metadata.Name));

    public static IReadOnlyList<SandboxPool> Of(this IResourceCache<SandboxPool> pools, SandboxRuntime runtime) =>
        pools.ByIndex(ByRuntime, Key(runtime.Metadata, runtime.Metadata.Name));

    /// <summary>Whether a pool is to keep sandboxes waiting for sessions like this one.</summary>
    public static bool KeepSome(this IResourceCache<SandboxPool> pools, SandboxSession session) =>
        pools
            .ByIndex(ByRuntime, Key(session.Metadata, session.Spec.RuntimeRef.Name))
            .Any(pool => pool.Spec.Replicas > 0);

    /// <summary>Leaves labels, owners and what tells of a pod's state; ten thousand pods have to fit.</summary>
    public static void Trim(V1Pod pod)
    {
        pod.Spec = new V1PodSpec { NodeName = pod.Spec?.NodeName };
        pod.Metadata.Annotations = null;
        Share(pod.Metadata);
        if (pod.Status is not { } status)
        {
            return;
        }

        pod.Status = new V1PodStatus
        {
            Phase = Shared.Of(status.Phase),
            Reason = Shared.Of(status.Reason),
            Message = Shared.Of(status.Message),
            Conditions = status.Conditions?.Select(Trim).ToList(),
            ContainerStatuses = status.ContainerStatuses?.Select(Trim).ToList(),
            InitContainerStatuses = status.InitContainerStatuses?.Select(Trim).ToList(),
        };
    }

    private static V1ContainerStatus Trim(V1ContainerStatus status) =>
        new()
        {
            Name = Shared.Of(status.Name),
            Ready = status.Ready,
            Started = status.Started,
            RestartCount = status.RestartCount,
            State = Trim(status.State),
            LastState = Trim(status.LastState),
        };

    private static V1ContainerState? Trim(V1ContainerState? state)
    {
        if (state?.Terminated is { } end)
        {
            (end.ContainerID, end.Reason, end.Message) = (null, Shared.Of(end.Reason), Shared.Of(end.Message));
        }

        return state;
    }

    private static V1PodCondition Trim(V1PodCondition condition) =>
        new()
        {
            Type = Shared.Of(condition.Type),
            Status = Shared.Of(condition.Status),
            Reason = Shared.Of(condition.Reason),
            Message = Shared.Of(condition.Message),
            LastTransitionTime = condition.LastTransitionTime,
        };

    private static void Trim(SandboxSession session)
    {
        Share(session.Metadata);
        foreach (var condition in session.Status?.Conditions ?? [])
        {
            condition.Type = Shared.Of(condition.Type);
            condition.Status = Shared.Of(condition.Status);
            condition.Reason = Shared.Of(condition.Reason);
            condition.Message = Shared.Of(condition.Message);
        }
    }

    /// <summary>What most objects have in common; their own names are not worth keeping twice.</summary>
    private static void Share(V1ObjectMeta about)
    {
        about.NamespaceProperty = Shared.Of(about.NamespaceProperty);
        about.Labels = about.Labels?.ToDictionary(
            label => Shared.Of(label.Key),
            label => label.Key == SandboxLabels.Session ? label.Value : Shared.Of(label.Value),
            StringComparer.Ordinal
        );
        foreach (var owner in about.OwnerReferences ?? [])
        {
            owner.ApiVersion = Shared.Of(owner.ApiVersion);
            owner.Kind = Shared.Of(owner.Kind);
        }
    }

    private static string Key(V1ObjectMeta about, string name) => $"{about.NamespaceProperty}/{name}";

    private static string Warm(V1ObjectMeta about, string? runtime, string? hash) =>
        $"{about.NamespaceProperty}/{runtime}/{hash}";
}
