using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Controller.Hosting;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Cluster.Tests.Sandboxes;

/// <summary>A namespace with a runtime, and the real controller in this process. Needs a cluster with a node.</summary>
public class PodFixture : IAsyncLifetime
{
    private const string Images = "localhost/sandbox-operator/";
    private WebApplication _controller = null!;

    public ClusterNamespace Space { get; } = new();

    /// <summary>How the gateways of the tests reach the cluster.</summary>
    public virtual string Kubeconfig => Space.Kubeconfig;

    public virtual async ValueTask InitializeAsync()
    {
        await Space.InitializeAsync();
        var runtime = new SandboxRuntime
        {
            Metadata = new V1ObjectMeta { Name = "default", NamespaceProperty = Space.Name },
        };
        runtime.Spec = runtime.Spec with { Image = Images + "runtime:dev", ImagePullPolicy = "Never" };
        await Space.Client.CreateAsync(runtime, "tests", CancellationToken.None);
        var broken = new SandboxRuntime
        {
            Metadata = new V1ObjectMeta { Name = "broken", NamespaceProperty = Space.Name },
        };
        broken.Spec = broken.Spec with { Image = Images + "none:dev", ImagePullPolicy = "Never" };
        await Space.Client.CreateAsync(broken, "tests", CancellationToken.None);
        _controller = ControllerApp.Build(
            [
                $"--Kube:Config={Space.Kubeconfig}",
                $"--Agent:Image={Images}agent:dev",
                "--Agent:ImagePullPolicy=Never",
                "--Listen:Host=127.0.0.1",
                "--Listen:Port=0",
                $"--Leader:Namespace={Space.Name}",
            ],
            services => services.AddLogging(logging => logging.ClearProviders())
        );
        await _controller.StartAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        // While the controller runs: it may have things to put in order.
        await Space.DisposeAsync();
        await _controller.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
