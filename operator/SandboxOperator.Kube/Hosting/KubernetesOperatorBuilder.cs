using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Controllers;

namespace SandboxOperator.Kube.Hosting;

/// <summary>Adds controllers, finalizers and caches.</summary>
/// <param name="services">The program's services.</param>
public sealed class KubernetesOperatorBuilder(IServiceCollection services)
{
    /// <summary>The program's services.</summary>
    public IServiceCollection Services { get; } = services;

    /// <summary>Adds a cache, which anybody can have as <see cref="IResourceCache{T}"/>. A second call changes its options.</summary>
    /// <param name="configure">Which objects, and indexes.</param>
    /// <typeparam name="T">The kind.</typeparam>
    /// <returns>This builder.</returns>
    public KubernetesOperatorBuilder AddCache<T>(Action<ResourceCacheOptions<T>>? configure = null)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (configure is not null)
        {
            Services.AddSingleton(configure);
        }

        if (Services.Any(service => service.ServiceType == typeof(ResourceStore<T>)))
        {
            return this;
        }

        Services.AddSingleton(provider =>
        {
            var options = new ResourceCacheOptions<T>();
            foreach (var each in provider.GetServices<Action<ResourceCacheOptions<T>>>())
            {
                each(options);
            }

            return options;
        });
        Services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<ResourceCacheOptions<T>>();
            return new ResourceStore<T>(options.Indexes, options.Trim);
        });
        Services.AddSingleton<IResourceCache<T>>(provider => provider.GetRequiredService<ResourceStore<T>>());
        Services.AddSingleton<ICacheFeeder>(provider => new CacheFeeder<T>(
            provider.GetRequiredService<IKubeClient>(),
            provider.GetRequiredService<ResourceStore<T>>(),
            provider.GetRequiredService<ResourceCacheOptions<T>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<IResourceCache<T>>>()
        ));
        return this;
    }

    /// <summary>Adds a controller, and a cache of its kind. Every kind has one controller at most.</summary>
    /// <param name="configure">Workers, and what else wakes objects.</param>
    /// <typeparam name="TController">The controller; made anew for every call unless registered as a service.</typeparam>
    /// <typeparam name="TEntity">The kind.</typeparam>
    /// <returns>This builder.</returns>
    public KubernetesOperatorBuilder AddController<TController, TEntity>(
        Action<ControllerOptions<TEntity>>? configure = null
    )
        where TController : class, IEntityController<TEntity>
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var options = new ControllerOptions<TEntity>();
        configure?.Invoke(options);
        AddCache<TEntity>();
        Services.AddSingleton(options);
        Services.AddSingleton<EntityQueue<TEntity>>();
        Services.AddSingleton<FinalizerRunner<TEntity>>();
        Services.TryAddScoped<TController>();
        Services.AddSingleton<IControllerLoop, ControllerLoop<TController, TEntity>>();
        return this;
    }

    /// <summary>Adds a finalizer.</summary>
    /// <param name="identifier">The mark on objects: a domain, a slash and a word.</param>
    /// <typeparam name="TFinalizer">The finalizer.</typeparam>
    /// <typeparam name="TEntity">The kind, which needs a controller.</typeparam>
    /// <returns>This builder.</returns>
    public KubernetesOperatorBuilder AddFinalizer<TFinalizer, TEntity>(string identifier)
        where TFinalizer : class, IEntityFinalizer<TEntity>
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        Services.TryAddScoped<TFinalizer>();
        Services.AddSingleton(new FinalizerRegistration<TEntity>(identifier, typeof(TFinalizer)));
        return this;
    }
}
