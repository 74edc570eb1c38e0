using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.UserNamespaces;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Hosting;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Runtimes;

internal static class RuntimeServices
{
    /// <summary>Adds the controller of runtimes. A cache of sandbox pods is needed, and <see cref="IsolationServices"/>.</summary>
    public static KubernetesOperatorBuilder AddRuntimes(this KubernetesOperatorBuilder builder)
    {
        builder.Services.AddSingleton<NodeSurvey>().AddSingleton<RuntimeController>();
        return builder.AddController<RuntimeController, SandboxRuntime>(options =>
            options.Watches<V1Pod>(Telling).Watches<V1NetworkPolicy>(Concerned)
        );
    }

    /// <summary>A pod that has found something and is not up yet: once or twice in its life.</summary>
    private static IEnumerable<ObjectKey> Telling(V1Pod pod) =>
        PodIsolation.Of(pod, default) is { NetworkIsolated.Status: not ConditionStatus.True } found
        && found.NetworkPolicyEnforced.Status != ConditionStatus.Unknown
        && pod.Metadata.Labels?.TryGetValue(SandboxLabels.Runtime, out var runtime) == true
            ? [new ObjectKey(pod.Metadata.NamespaceProperty, runtime)]
            : [];

    /// <summary>The runtimes of a policy's namespace.</summary>
    private static IEnumerable<ObjectKey> Concerned(IServiceProvider services, V1NetworkPolicy policy) =>
        services
            .GetRequiredService<IResourceCache<SandboxRuntime>>()
            .List()
            .Where(runtime => runtime.Metadata.NamespaceProperty == policy.Metadata.NamespaceProperty)
            .Select(ObjectKey.Of);
}
