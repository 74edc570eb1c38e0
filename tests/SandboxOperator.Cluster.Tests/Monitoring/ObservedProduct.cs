using k8s.Models;
using SandboxOperator.Api.Pools;
using SandboxOperator.Api.Resources;
using SandboxOperator.Cluster.Tests.Controllers;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Cluster.Tests.Luck;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Testing.Otlp;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Cluster.Tests.Monitoring;

/// <summary>
/// All of the product as people look at it: a controller and gateways, each a program of its own, that export their
/// spans to one collector. Needs a cluster with a node.
/// </summary>
public sealed class ObservedProduct : IAsyncLifetime
{
    public const string Runtime = "light";
    private const string Images = "localhost/sandbox-operator/";
    private ControllerProcess _controller = null!;

    public ClusterNamespace Space { get; } = new();

    public ScriptedUpstreamServer Model { get; private set; } = null!;

    public OtlpReceiver Collector { get; private set; } = null!;

    internal GatewayProcess Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Space.InitializeAsync();
        Collector = await OtlpReceiver.StartAsync();
        Model = await ScriptedUpstreamServer.StartAsync();
        _controller = ControllerProcess.Start(
            Space,
            [$"Agent:Image={Images}agent:dev", "Agent:ImagePullPolicy=Never", .. Collector.Settings]
        );
        var runtime = new SandboxRuntime
        {
            Metadata = new V1ObjectMeta { Name = Runtime, NamespaceProperty = Space.Name },
            Spec = LuckFixture.RuntimeSpec(),
        };
        await Space.Client.CreateAsync(runtime, TestCluster.FieldManager, CancellationToken.None);
        await Eventually.FindAsync<SandboxRuntime>(
            Space.Key(Runtime),
            ControllerFixture.IsKnown,
            "is known to the controller"
        );
        Gateway = await StartGatewayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Model.DisposeAsync();
        // A namespace that finds pods when it goes looks again ever more seldom.
        await Kubectl.RunAsync("--namespace", Space.Name, "delete", "sandboxsessions", "--all");
        await Eventually.ListAsync<V1Pod>(Space.Name, labels: null, pods => pods.Count == 0, "no pod is left");
        await Space.DisposeAsync();
        _controller.Dispose();
        await Collector.DisposeAsync();
    }

    internal Task<GatewayProcess> StartGatewayAsync(params string[] settings) =>
        GatewayProcess.StartAsync(Space, Model.BaseUrl, Runtime, [.. Collector.Settings, .. settings]);

    /// <summary>Makes a pool of one sandbox, and waits until that is ready.</summary>
    internal async Task CreatePoolAsync(string name)
    {
        var pool = new SandboxPool
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = Space.Name },
            Spec = new SandboxPoolSpec
            {
                RuntimeRef = new LocalReference { Name = Runtime },
                Replicas = 1,
            },
        };
        await Space.Client.CreateAsync(pool, TestCluster.FieldManager, CancellationToken.None);
        await Eventually.FindAsync<SandboxPool>(
            Space.Key(name),
            found => found.Status?.ReadyReplicas == 1,
            "has a ready sandbox"
        );
    }

    /// <summary>Deletes a pool, and waits until nothing is left that a session could be given.</summary>
    internal async Task DeletePoolAsync(string name)
    {
        await Space.Client.DeleteAsync<SandboxPool>(Space.Key(name), null, CancellationToken.None);
        await Eventually.ListAsync<V1Pod>(
            Space.Name,
            labels: null,
            pods => !pods.Any(pod => pod.OwnerReferences()?.Any(owner => owner.Kind == nameof(SandboxPool)) == true),
            "no pod is a pool's"
        );
    }

    /// <summary>The session of a thread.</summary>
    internal async Task<SandboxSession> SessionAsync(string thread) =>
        (
            await Eventually.ListAsync<SandboxSession>(
                Space.Name,
                labels: null,
                found => found.Any(each => each.Spec.ThreadId == thread),
                $"a session of {thread}"
            )
        ).First(each => each.Spec.ThreadId == thread);
}
