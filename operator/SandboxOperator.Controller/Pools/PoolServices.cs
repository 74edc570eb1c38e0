using k8s.Models;
using SandboxOperator.Controller.Hosting;
using SandboxOperator.Controller.Launching;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Hosting;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Pools;

internal static class PoolServices
{
    public static KubernetesOperatorBuilder AddPools(this KubernetesOperatorBuilder builder)
    {
        builder.Services.AddSingleton<PoolBackoff>();
        builder.Services.AddSingleton<PoolController>();
        return builder.AddController<PoolController, SandboxPool>(options =>
            options
                .Owns<V1Pod>()
                .Watches<SandboxRuntime>(MadeFrom)
                .BeforeWork((services, token) => services.GetRequiredService<PodWriter>().CatchUpAsync(token))
        );
    }

    private static IEnumerable<ObjectKey> MadeFrom(IServiceProvider services, SandboxRuntime runtime) =>
        services.GetRequiredService<IResourceCache<SandboxPool>>().Of(runtime).Select(ObjectKey.Of);
}
