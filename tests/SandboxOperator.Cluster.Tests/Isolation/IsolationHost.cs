using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SandboxOperator.Api.Resources;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.Runtimes;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Hosting;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Cluster.Tests.Isolation;

/// <summary>The controllers of runtimes and network policies alone: no session makes pods that a test has not made.</summary>
public sealed class IsolationHost : IAsyncLifetime
{
    private readonly IHost _host;

    public IsolationHost()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton(KubeConnection.Open(TestCluster.Kubeconfig));
        builder
            .Services.AddKubernetesOperator(options => options.LeaderElection.Enabled = false)
            .AddCache<V1Pod>(cache => cache.Query = new ListQuery(LabelSelector: $"{SandboxLabels.Sandbox}=true"))
            .AddCache<SandboxRuntime>()
            .AddIsolation()
            .AddRuntimes();
        _host = builder.Build();
    }

    internal IIsolationPolicy Policy => _host.Services.GetRequiredService<IIsolationPolicy>();

    internal Canary Canary => _host.Services.GetRequiredService<Canary>();

    public async ValueTask InitializeAsync()
    {
        await TestCluster.InstallDefinitionsAsync();
        await _host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
