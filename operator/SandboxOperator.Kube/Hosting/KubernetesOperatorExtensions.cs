using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Events;
using SandboxOperator.Kube.Exec;
using SandboxOperator.Kube.Leadership;

namespace SandboxOperator.Kube.Hosting;

/// <summary>Adds the controller runtime to a program.</summary>
public static class KubernetesOperatorExtensions
{
    /// <summary>Adds a client of the API server and exec streams; register a <see cref="KubeConnection"/> before to choose one.</summary>
    /// <param name="services">The program's services.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddKubernetesClient(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => KubeConnection.Open());
        services.TryAddSingleton<IKubeClient, KubeClient>();
        services.TryAddSingleton<ExecOptions>();
        services.TryAddSingleton<IPodExec, PodExec>();
        return services;
    }

    /// <summary>Adds a client and keeps caches true, for a program that has no controllers.</summary>
    /// <param name="services">The program's services.</param>
    /// <returns>Adds caches.</returns>
    public static KubernetesOperatorBuilder AddKubernetesCaches(this IServiceCollection services)
    {
        services.AddKubernetesClient();
        services.AddHostedService<CacheService>();
        return new KubernetesOperatorBuilder(services);
    }

    /// <summary>Adds what publishes events.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="component">The program's name, which events tell.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddKubernetesEvents(this IServiceCollection services, string component)
    {
        services.AddKubernetesClient();
        services.AddSingleton(provider => new EventPublisher(
            provider.GetRequiredService<IKubeClient>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EventPublisher>>(),
            component
        ));
        services.AddSingleton<IEventPublisher>(provider => provider.GetRequiredService<EventPublisher>());
        return services.AddHostedService(provider => provider.GetRequiredService<EventPublisher>());
    }

    /// <summary>Adds what runs controllers: caches, leader election, events.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="configure">Changes settings.</param>
    /// <returns>Adds controllers and caches.</returns>
    public static KubernetesOperatorBuilder AddKubernetesOperator(
        this IServiceCollection services,
        Action<KubernetesOperatorOptions>? configure = null
    )
    {
        var options = new KubernetesOperatorOptions();
        configure?.Invoke(options);
        services.AddKubernetesClient();
        services.AddSingleton(options);
        services.AddSingleton(provider => new LeaderElection(
            provider.GetRequiredService<IKubeClient>(),
            options.LeaderElection,
            provider.GetRequiredService<KubeConnection>().Namespace,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LeaderElection>>()
        ));
        services.AddKubernetesEvents(options.Name);
        services.AddHostedService<OperatorService>();
        return new KubernetesOperatorBuilder(services);
    }
}
