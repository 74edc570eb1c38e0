using k8s.Models;
using SandboxOperator.Kube.Hosting;

namespace SandboxOperator.Controller.Isolation;

internal static class IsolationServices
{
    /// <summary>What keeps sandboxes from the network and knows how well. Caches of pods and runtimes are needed.</summary>
    public static KubernetesOperatorBuilder AddIsolation(this KubernetesOperatorBuilder builder)
    {
        builder
            .Services.AddSingleton<IIsolationPolicy, IsolationPolicy>()
            .AddSingleton<NetworkKnowledge>()
            .AddSingleton<OpeningPolicies>()
            .AddSingleton<Canary>()
            .AddSingleton<NetworkPolicyController>();
        return builder
            .AddCache<V1NetworkPolicy>(cache =>
                cache.Indexes[NetworkKnowledge.ByNamespace] = policy => [policy.Metadata.NamespaceProperty]
            )
            .AddController<NetworkPolicyController, V1NetworkPolicy>();
    }
}
