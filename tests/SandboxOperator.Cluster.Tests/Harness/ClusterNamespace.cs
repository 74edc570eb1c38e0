using k8s.Models;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>
/// A namespace for one test class, with the definitions of our resources in place: <c>IClassFixture</c>. It is deleted
/// afterwards with everything in it, and the tests fail when something in it cannot be deleted.
/// </summary>
public sealed class ClusterNamespace : IAsyncLifetime
{
    // Pods go within ten seconds or twenty, but the namespace looks for it ever more seldom.
    private static readonly TimeSpan DeletionDeadline = TimeSpan.FromMinutes(4);

    public string Name { get; } = $"test-{Guid.NewGuid():N}"[..17];

    public IKubeClient Client { get; } = TestCluster.Client;

    public KubeConnection Connection { get; } = TestCluster.Connection;

    public string Kubeconfig { get; } = TestCluster.Kubeconfig;

    /// <summary>Labels of the namespace, for classes that derive their own fixture from this.</summary>
    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public async ValueTask InitializeAsync()
    {
        await TestCluster.InstallDefinitionsAsync();
        var space = new V1Namespace
        {
            Metadata = new V1ObjectMeta { Name = Name, Labels = Labels },
        };
        await Client.CreateAsync(space, TestCluster.FieldManager, CancellationToken.None);
        // Pods are refused until the controller manager has made this.
        await Eventually.FindAsync<V1ServiceAccount>(Key("default"), _ => true, "exists");
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DeleteAsync<V1Namespace>(new ObjectKey(null, Name), preconditions: null, CancellationToken.None);
        await Eventually.GoneAsync<V1Namespace>(new ObjectKey(null, Name), DeletionDeadline, Name);
    }

    /// <summary>The key of an object in this namespace.</summary>
    public ObjectKey Key(string name) => new(Name, name);
}
