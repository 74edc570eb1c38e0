using k8s;
using k8s.Models;
using SandboxOperator.Kube.Client;
using SandboxOperator.Testing;

namespace SandboxOperator.Benchmarks.Cluster;

/// <summary>The cluster that is measured, and a namespace of it that goes when the measuring is over.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    public const string Manager = "benchmark";

    private readonly KubeConnection _connection;

    private BenchCluster(string kubeconfig, KubeConnection connection)
    {
        (Kubeconfig, _connection) = (kubeconfig, connection);
        Client = new KubeClient(connection, TimeProvider.System);
    }

    public string Kubeconfig { get; }

    public KubeConnection Connection => _connection;

    public IKubeClient Client { get; }

    public string Namespace { get; } = $"bench-{Guid.NewGuid():n}"[..14];

    /// <exception cref="InvalidOperationException">No cluster is named.</exception>
    public static async Task<BenchCluster> OpenAsync(CancellationToken cancellationToken)
    {
        var kubeconfig =
            Environment.GetEnvironmentVariable("SANDBOX_TEST_KUBECONFIG")
            ?? throw new InvalidOperationException(
                "SANDBOX_TEST_KUBECONFIG names no cluster. Type `make bench-cluster`."
            );
        var cluster = new BenchCluster(kubeconfig, KubeConnection.Open(kubeconfig));
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Checkout.Root, "crds", "legacy"), "*.yaml"))
        {
            var definition = KubernetesYaml.Deserialize<V1CustomResourceDefinition>(
                await File.ReadAllTextAsync(path, cancellationToken)
            );
            await cluster.Client.ApplyAsync(definition, Manager, cancellationToken);
        }

        var space = new V1Namespace { Metadata = new V1ObjectMeta { Name = cluster.Namespace } };
        await cluster.Client.CreateAsync(space, Manager, cancellationToken);
        return cluster;
    }

    public ObjectKey Key(string name) => new(Namespace, name);

    public async ValueTask DisposeAsync()
    {
        await Client.DeleteAsync<V1Namespace>(new ObjectKey(null, Namespace), null, CancellationToken.None);
        _connection.Dispose();
    }
}
