using SandboxOperator.Cluster.Tests.Exec;

namespace SandboxOperator.Cluster.Tests.Sandboxes;

/// <summary>The same, seen through a present API server.</summary>
public sealed class ModernPodFixture : PodFixture
{
    private ModernServer? _server;

    public override string Kubeconfig => _server!.Kubeconfig;

    public override async ValueTask InitializeAsync()
    {
        _server = await ModernServer.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _server!.DisposeAsync();
    }
}
