using k8s;
using k8s.Models;
using SandboxOperator.Kube.Client;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>The cluster that the tests run against.</summary>
internal static class TestCluster
{
    public const string FieldManager = "cluster-tests";

    private const string Variable = "SANDBOX_TEST_KUBECONFIG";
    private static readonly Lazy<KubeConnection> Opened = new(() => KubeConnection.Open(Kubeconfig));

    /// <summary>Path of the kubeconfig.</summary>
    /// <exception cref="InvalidOperationException">None is given.</exception>
    public static string Kubeconfig =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path
            ? path
            : throw new InvalidOperationException(
                $"These tests need a Kubernetes. Type `make cluster-up`, then "
                    + $"`export {Variable}=/tmp/sandbox-cluster-0/kubeconfig`, or let the variable name a kubeconfig of "
                    + "your own; `make test` brings a cluster up by itself."
            );

    /// <summary>Connections as the kubeconfig's user, an administrator. Shared by all tests, open until the end.</summary>
    public static KubeConnection Connection => Opened.Value;

    public static IKubeClient Client => field ??= new KubeClient(Connection, TimeProvider.System);

    /// <summary>Puts the definitions of our resources in place, those that this version understands.</summary>
    public static async Task InstallDefinitionsAsync()
    {
        var folder = Path.Combine(Checkout.Root, "crds", await HasRulesAsync() ? "" : "legacy");
        foreach (var path in Directory.EnumerateFiles(folder, "*.yaml"))
        {
            var definition = KubernetesYaml.Deserialize<V1CustomResourceDefinition>(await File.ReadAllTextAsync(path));
            await Client.ApplyAsync(definition, FieldManager, CancellationToken.None);
            await Eventually.FindAsync<V1CustomResourceDefinition>(
                new ObjectKey(null, definition.Metadata.Name),
                found => found.Status?.Conditions?.Any(c => c is { Type: "Established", Status: "True" }) == true,
                "is established"
            );
        }

        Kubectl.Forget();
    }

    /// <summary>Whether the version has validation rules (CEL): from 1.25 on.</summary>
    public static async Task<bool> HasRulesAsync() => await MinorAsync() >= 25;

    /// <summary>The server's version, less the 1 before the dot.</summary>
    public static async Task<int> MinorAsync()
    {
        var version = (await Kubectl.RunAsync("version", "--output=json")).Trim();
        using var json = System.Text.Json.JsonDocument.Parse(version);
        var server = json.RootElement.GetProperty("serverVersion");
        server.GetProperty("major").GetString().ShouldBe("1");
        return int.Parse(server.GetProperty("minor").GetString()!.TrimEnd('+'));
    }
}
