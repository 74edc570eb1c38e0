using k8s.Exceptions;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Hosting;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes.Kubernetes.Prepared;

namespace SandboxOperator.Sandboxes.Kubernetes;

/// <summary>Registers sandboxes in pods.</summary>
public static class KubernetesSandboxesServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="ISandboxes"/> for a cluster, as a hosted service too. Register it before services that use
    /// it: they are stopped in reverse order.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets what differs from the defaults.</param>
    public static IServiceCollection AddKubernetesSandboxes(
        this IServiceCollection services,
        Action<KubernetesSandboxOptions> configure
    )
    {
        services.AddOptions<KubernetesSandboxOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<KubernetesSandboxOptions>, KubernetesSandboxOptionsValidator>()
        );
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
        {
            var options = Options(provider);
            try
            {
                return KubeConnection.Open(options.Config, options.Context);
            }
            catch (KubeConfigException exception)
            {
                throw new OptionsValidationException(
                    KubernetesSandboxOptions.Section,
                    typeof(KubernetesSandboxOptions),
                    [$"{KubernetesSandboxOptions.Section}:Config: {exception.Message}"]
                );
            }
        });
        services.TryAddSingleton(provider => new SessionNamespace(
            Options(provider).Namespace ?? provider.GetRequiredService<KubeConnection>().Namespace
        ));
        services.AddKubernetesCaches().AddCache<SandboxSession>().AddCache<V1Pod>();
        services.AddSingleton<Action<ResourceCacheOptions<SandboxSession>>>(provider =>
        {
            var space = provider.GetRequiredService<SessionNamespace>().Name;
            return cache => cache.Query = new ListQuery(space);
        });
        services.AddSingleton<Action<ResourceCacheOptions<V1Pod>>>(provider =>
        {
            var space = provider.GetRequiredService<SessionNamespace>().Name;
            return cache => WaitingPods.Cache(cache, space);
        });
        services.AddKubernetesEvents("sandbox-gateway");
        services.TryAddSingleton<ISessionWarnings, SessionWarnings>();
        services.TryAddSingleton<IAgentStreams, ExecAgentStreams>();
        services.TryAddSingleton<PreparedStreams>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<PreparedStreams>());
        services.TryAddSingleton<SandboxMetrics>();
        services.TryAddSingleton<KubernetesSandboxes>();
        services.TryAddSingleton<ISandboxes>(provider => provider.GetRequiredService<KubernetesSandboxes>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<KubernetesSandboxes>());
        return services;
    }

    private static KubernetesSandboxOptions Options(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<KubernetesSandboxOptions>>().Value;
}
