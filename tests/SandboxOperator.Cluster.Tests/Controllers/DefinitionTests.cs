using System.Text.Json.Nodes;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>The resource types in a real API server.</summary>
public sealed class DefinitionTests(ClusterNamespace space) : IClassFixture<ClusterNamespace>
{
    [Fact]
    public async Task A_session_applied_by_hand_gets_its_defaults()
    {
        await Kubectl.ApplyAsync(
            $"""
            apiVersion: sandboxoperator.dev/v1alpha1
            kind: SandboxSession
            metadata:
              name: by-hand
              namespace: {space.Name}
            spec: {"{}"}
            """
        );
        var session = await space.Client.GetAsync<SandboxSession>(space.Key("by-hand"), CancellationToken.None);
        session.ShouldNotBeNull();
        session.Spec.IdleTimeout.ShouldBe("1h");
        session.Spec.RuntimeRef.Name.ShouldBe("default");
        (await Kubectl.RunAsync("--namespace", space.Name, "get", "sbx")).ShouldContain("by-hand");
    }

    /// <summary>What tools compare that keep a cluster as a repository says: live objects with what was written.</summary>
    [Fact]
    public async Task Definitions_and_objects_are_as_written_however_they_are_applied()
    {
        var folder = Path.Combine(Checkout.Root, "crds", await TestCluster.HasRulesAsync() ? "" : "legacy");
        var objects = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            objects,
            $$"""
            {"apiVersion": "v1", "kind": "List", "items": [
              {"apiVersion": "sandboxoperator.dev/v1alpha1", "kind": "SandboxRuntime",
               "metadata": {"name": "kept", "namespace": "{{space.Name}}"}, "spec": {"image": "runtime:1"} },
              {"apiVersion": "sandboxoperator.dev/v1alpha1", "kind": "SandboxPool",
               "metadata": {"name": "kept", "namespace": "{{space.Name}}"}, "spec": {"replicas": 0} },
              {"apiVersion": "sandboxoperator.dev/v1alpha1", "kind": "SandboxSession",
               "metadata": {"name": "kept", "namespace": "{{space.Name}}"} }]}
            """
        );
        try
        {
            foreach (var path in new[] { folder, objects })
            {
                foreach (var options in new string[][] { [], ["--server-side", "--force-conflicts"] })
                {
                    await Kubectl.RunAsync(["apply", "--filename", path, .. options]);
                    await Kubectl.RunAsync(["diff", "--filename", path, .. options]);
                }

                var written = await Kubectl.RunAsync("create", "--dry-run=client", "--output=json", "--filename", path);
                await ShouldBeLiveAsync(written);
            }
        }
        finally
        {
            File.Delete(objects);
        }
    }

    private static async Task ShouldBeLiveAsync(string written)
    {
        // One document after the other, or a list of them.
        var documents = JsonNode.Parse($"[{written.Replace("\n}\n{", "\n},{", StringComparison.Ordinal)}]")!.AsArray();
        var count = 0;
        foreach (
            var item in documents.SelectMany(each => each!["items"] is JsonArray items ? items.AsEnumerable() : [each])
        )
        {
            var space = (string?)item!["metadata"]!["namespace"];
            var live = JsonNode.Parse(
                await Kubectl.RunAsync([
                    "get",
                    (string)item["kind"]!,
                    (string)item["metadata"]!["name"]!,
                    "--output=json",
                    .. space is null ? Array.Empty<string>() : ["--namespace", space],
                ])
            );
            Missing(item["spec"], live!["spec"], (string)item["kind"]!).ShouldBeEmpty();
            count++;
        }

        count.ShouldBe(3);
    }

    /// <summary>What was written and is not there; what a server adds does not count.</summary>
    private static IEnumerable<string> Missing(JsonNode? written, JsonNode? live, string path) =>
        (written, live) switch
        {
            (null, _) => [],
            (JsonObject fields, JsonObject found) => fields.SelectMany(field =>
                Missing(field.Value, found[field.Key], $"{path}.{field.Key}")
            ),
            (JsonArray items, JsonArray found) when items.Count == found.Count => items
                .Zip(found)
                .SelectMany((pair, index) => Missing(pair.First, pair.Second, $"{path}[{index}]")),
            _ => JsonNode.DeepEquals(written, live)
                ? []
                : [$"{path}: {written.ToJsonString()} was written, {live?.ToJsonString() ?? "nothing"} is there"],
        };

    [Theory]
    [InlineData("idleTimeout: soon", "idleTimeout")]
    [InlineData("project: \" \"", "project")]
    [InlineData("threadId: ../../etc", "threadId")]
    public async Task A_bad_session_is_refused_with_the_field_that_is_wrong(string spec, string named)
    {
        var yaml = $"""
            apiVersion: sandboxoperator.dev/v1alpha1
            kind: SandboxSession
            metadata:
              name: bad
              namespace: {space.Name}
            spec:
              {spec}
            """;
        var (status, _, error) = await Kubectl.TryAsync(yaml, "apply", "--filename=-", "--validate=true");
        status.ShouldNotBe(0);
        error.ShouldContain(named);
    }
}
