using k8s;
using k8s.KubeConfigModels;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>The kubeconfig of the cluster, but the way leads through a proxy.</summary>
internal sealed class ProxiedKubeconfig : IDisposable
{
    public ProxiedKubeconfig(TcpProxy proxy)
    {
        var config = KubernetesClientConfiguration.LoadKubeConfig(TestCluster.Kubeconfig);
        foreach (var cluster in config.Clusters)
        {
            // The certificate is that of the server.
            cluster.ClusterEndpoint.TlsServerName ??= new Uri(cluster.ClusterEndpoint.Server).Host;
            cluster.ClusterEndpoint.Server = proxy.Address.ToString();
        }

        Path = System.IO.Path.GetTempFileName();
        File.WriteAllText(Path, KubernetesYaml.Serialize(config));
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
