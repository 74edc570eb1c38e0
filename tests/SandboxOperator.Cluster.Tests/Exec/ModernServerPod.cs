using k8s.Models;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Cluster.Tests.Isolation;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Exec;

namespace SandboxOperator.Cluster.Tests.Exec;

/// <summary>Plain pods, and commands in them through a server that speaks version 5. Needs a cluster with a node.</summary>
public sealed class ModernServerPod : IAsyncLifetime
{
    public const string Container = "main";

    private KubeConnection? _connection;

    public ClusterNamespace Space { get; } = new();

    internal ModernServer Server { get; private set; } = null!;

    internal PodExec Exec { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await ModernServer.StartAsync();
        await Space.InitializeAsync();
        (_connection, Exec) = Connect(Server);
    }

    public async ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        await Space.DisposeAsync();
        await Server.DisposeAsync();
    }

    internal static (KubeConnection Connection, PodExec Exec) Connect(ModernServer server)
    {
        var connection = KubeConnection.Open(server.Kubeconfig);
        var client = new KubeClient(connection, TimeProvider.System);
        return (connection, new PodExec(connection, client, new ExecOptions(), TimeProvider.System));
    }

    /// <summary>A pod that does nothing until it is told to.</summary>
    internal async Task<ObjectKey> StartAsync(string name)
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = Space.Name },
            Spec = new V1PodSpec
            {
                RestartPolicy = "Never",
                TerminationGracePeriodSeconds = 1,
                Containers =
                [
                    new V1Container
                    {
                        Name = Container,
                        Image = SandboxPod.RuntimeImage,
                        ImagePullPolicy = "Never",
                        Command = ["sleep", "3600"],
                    },
                ],
            },
        };
        await Space.Client.CreateAsync(pod, TestCluster.FieldManager, CancellationToken.None);
        await Eventually.FindAsync<V1Pod>(
            Space.Key(name),
            found => found.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true,
            "is ready"
        );
        return Space.Key(name);
    }
}
