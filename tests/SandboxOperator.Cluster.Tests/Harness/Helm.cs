using System.Text.Json.Nodes;
using SandboxOperator.Testing;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>Helm's own engine, see <c>tests/cluster/helm</c>.</summary>
internal static class Helm
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(7);
    private static readonly string Program = Path.Combine(Checkout.Root, "tests", "cluster", "helm", "helm");

    public static string Chart { get; } = Path.Combine(Checkout.Root, "charts", "sandbox-operator");

    /// <summary>The objects that the chart makes of the values on a cluster of a version, hooks included.</summary>
    public static async Task<IReadOnlyList<JsonObject>> TemplateAsync(JsonObject values, string version = "1.30")
    {
        var yaml = await RunAsync(values, "template", "sandbox", Chart, "--kube-version", version);
        return [.. Parse(yaml)];
    }

    public static Task InstallAsync(string release, string space, JsonObject values) =>
        RunAsync(values, "install", release, Chart, "--namespace", space);

    public static Task UpgradeAsync(string release, string space, JsonObject values) =>
        RunAsync(values, "upgrade", release, Chart, "--namespace", space);

    public static Task UninstallAsync(string release, string space) =>
        RunAsync([], "uninstall", release, "--namespace", space);

    /// <exception cref="HelmException">Helm refused; the message is its own.</exception>
    private static async Task<string> RunAsync(JsonObject values, params string[] arguments)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, values.ToJsonString());
            // Only a rendering needs no cluster.
            var kubeconfig = arguments[0] == "template" ? "" : TestCluster.Kubeconfig;
            var (status, output, error) = await Command.RunAsync(
                "env",
                [$"KUBECONFIG={kubeconfig}", $"PATH={Kubectl.SearchPath}", Program, .. arguments, "--values", file],
                input: null,
                Deadline
            );
            return status == 0 ? output : throw new HelmException(error);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IEnumerable<JsonObject> Parse(string yaml)
    {
        var reader = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        var writer = new SerializerBuilder().JsonCompatible().Build();
        var parser = new Parser(new StringReader(yaml));
        parser.Consume<StreamStart>();
        while (parser.TryConsume<DocumentStart>(out _))
        {
            var text = writer.Serialize(reader.Deserialize(parser));
            parser.Consume<DocumentEnd>();
            if (JsonNode.Parse(text) is JsonObject found)
            {
                yield return found;
            }
        }
    }
}
