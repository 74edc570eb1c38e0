using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Sandboxes;
using SandboxOperator.Sandboxes.Kubernetes;

namespace SandboxOperator.Cluster.Tests.Sandboxes;

/// <summary>What a gateway has of the cluster: the backend, as one of any number of replicas.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IReadOnlyList<IHostedService> _hosted;

    private Replica(ServiceProvider services)
    {
        _services = services;
        _hosted = [.. services.GetServices<IHostedService>()];
        Sandboxes = services.GetRequiredService<ISandboxes>();
    }

    public ISandboxes Sandboxes { get; }

    public static async Task<Replica> StartAsync(
        string space,
        IAgentStreams? streams = null,
        Action<KubernetesSandboxOptions>? configure = null,
        string? kubeconfig = null,
        Action<IServiceCollection>? configureServices = null
    )
    {
        var services = new ServiceCollection();
        services.AddLogging();
        configureServices?.Invoke(services);
        if (streams is not null)
        {
            services.AddSingleton(streams);
        }

        services.AddKubernetesSandboxes(options =>
        {
            options.Namespace = space;
            options.Config = kubeconfig ?? TestCluster.Kubeconfig;
            options.StartTimeout = Eventually.Deadline;
            configure?.Invoke(options);
        });
        var replica = new Replica(services.BuildServiceProvider());
        foreach (var service in replica._hosted)
        {
            await service.StartAsync(CancellationToken.None);
        }

        await replica.Sandboxes.ListAsync(CancellationToken.None);
        return replica;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _hosted.Reverse())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }
}
