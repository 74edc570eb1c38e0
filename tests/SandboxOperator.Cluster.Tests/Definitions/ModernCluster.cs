using System.Text.Json.Nodes;
using SandboxOperator.Cluster.Tests.Harness;

namespace SandboxOperator.Cluster.Tests.Definitions;

/// <summary>
/// A namespace on a server that knows validation rules, with the definitions that have them. Nobody works on its objects.
/// The server need not serve namespaces: that of <c>with-modern-api</c> does not.
/// </summary>
public sealed class ModernCluster : IAsyncLifetime
{
    private bool _hasNamespaces;

    public string Space { get; } = $"test-{Guid.NewGuid():N}"[..17];

    public async ValueTask InitializeAsync()
    {
        if (!await TestCluster.HasRulesAsync())
        {
            return;
        }

        _hasNamespaces = await Kubectl.TryAsync(null, "get", "--raw", "/api/v1") is (0, _, _);
        if (_hasNamespaces)
        {
            await Kubectl.RunAsync("create", "namespace", Space);
        }

        await DefinitionSet.WithRules.ApplyAsync("--server-side", "--force-conflicts");
    }

    public async ValueTask DisposeAsync()
    {
        if (!await TestCluster.HasRulesAsync())
        {
            return;
        }

        await DefinitionSet.WithRules.ApplyAsync("--server-side", "--force-conflicts");
        await Kubectl.RunAsync("--namespace", Space, "delete", "sandbox", "--all", "--timeout=60s");
        if (_hasNamespaces)
        {
            await Kubectl.RunAsync("delete", "namespace", Space, "--timeout=120s");
        }
    }

    /// <summary>A test that needs rules ends here where there are none.</summary>
    internal static async Task SkipWithoutRulesAsync() =>
        Assert.SkipUnless(
            await TestCluster.HasRulesAsync(),
            "The cluster of SANDBOX_TEST_KUBECONFIG is older than 1.25: it knows no validation rules."
        );

    /// <summary>The text of an object.</summary>
    internal string Object(string kind, string name, JsonObject spec) =>
        new JsonObject
        {
            ["apiVersion"] = "sandboxoperator.dev/v1alpha1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Space },
            ["spec"] = spec.DeepClone(),
        }.ToJsonString();

    /// <summary>What the server says to an object that it has to refuse.</summary>
    internal async Task<string> RefusedAsync(string kind, string name, JsonObject spec)
    {
        var text = Object(kind, name, spec);
        var (status, output, error) = await Kubectl.TryAsync(text, "apply", "--filename=-");
        return status != 0 ? error : throw new Xunit.Sdk.XunitException($"This was accepted: {text}\n{output}{error}");
    }

    /// <summary>An object as the server holds it.</summary>
    internal async Task<JsonObject> GetAsync(string kind, string name) =>
        JsonNode.Parse(await RunAsync("get", kind, name, "--output=json"))!.AsObject();

    /// <summary>A command in the namespace.</summary>
    internal Task<string> RunAsync(params string[] arguments) => Kubectl.RunAsync(["--namespace", Space, .. arguments]);
}
