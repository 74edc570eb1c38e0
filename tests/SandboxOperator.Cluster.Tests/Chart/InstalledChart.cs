using System.Text.Json.Nodes;
using k8s.Models;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;

namespace SandboxOperator.Cluster.Tests.Chart;

/// <summary>The chart, installed for one test class, from the images that <c>tests/cluster</c> has built.</summary>
/// <param name="gateway">With the gateway, or the controller alone.</param>
public abstract class InstalledChart(bool gateway) : IAsyncLifetime
{
    public const string Release = "sandbox";
    public const string ApiKey = "sk-of-the-cluster-tests";
    private static readonly TimeSpan DeletionDeadline = TimeSpan.FromMinutes(4);

    /// <summary>The release's namespace.</summary>
    public string Namespace { get; } = $"system-{Guid.NewGuid():N}"[..15];

    /// <summary>The namespace of the sandboxes.</summary>
    public string Sandboxes { get; } = $"sandboxes-{Guid.NewGuid():N}"[..18];

    public async ValueTask InitializeAsync()
    {
        await RemoveDefinitionsAsync();
        await Helm.InstallAsync(Release, Namespace, Values());
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if ((await Kubectl.RunAsync("--namespace", Namespace, "get", "deployments", "--output=name")).Length > 0)
        {
            await Helm.UninstallAsync(Release, Namespace);
        }

        var key = new ObjectKey(null, Namespace);
        await TestCluster.Client.DeleteAsync<V1Namespace>(key, preconditions: null, CancellationToken.None);
        await Eventually.GoneAsync<V1Namespace>(key, DeletionDeadline, Namespace);
        // The release owns them; other classes apply their own.
        await RemoveDefinitionsAsync();
    }

    /// <summary>Values of the chart. Starts may take long: a busy node that starts ten sandboxes at once does.</summary>
    public JsonObject Values(int poolReplicas = 1) =>
        JsonNode
            .Parse(
                $$$"""
                {
                  "image": {"tag": "dev", "pullPolicy": "Never"},
                  "gateway": {
                    "enabled": {{{(gateway ? "true" : "false")}}},
                    "keys": {"list": [{"key": "{{{ApiKey}}}", "role": "admin"}]},
                    "persistence": {"enabled": false},
                    "settings": {"Sandbox__Kubernetes__StartTimeout": "00:10:00"}
                  },
                  "sandbox": {
                    "namespace": {"name": "{{{Sandboxes}}}"},
                    "runtime": {"spec": {"limits": {"startTimeout": "10m"} } },
                    "pool": {"replicas": {{{poolReplicas}}}}
                  }
                }
                """
            )!
            .AsObject();

    private static async Task RemoveDefinitionsAsync()
    {
        var names = await Kubectl.RunAsync("get", "customresourcedefinitions", "--output=name");
        var ours = names.Split('\n').Where(name => name.EndsWith(".sandboxoperator.dev", StringComparison.Ordinal));
        if (ours.ToArray() is { Length: > 0 } found)
        {
            await Kubectl.RunAsync(["delete", .. found, "--timeout=60s"]);
        }
    }
}
