using System.Text.Json.Nodes;
using SandboxOperator.Cluster.Tests.Harness;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Definitions;

/// <summary>A cluster gets another set of definitions, as in its upgrade past 1.25, while objects are stored.</summary>
public sealed class UpgradeTests(ModernCluster cluster) : IClassFixture<ModernCluster>, IAsyncLifetime
{
    private static readonly string[] Kinds = ["SandboxSession", "SandboxRuntime", "SandboxPool"];

    /// <summary>Objects that break a rule which the set without rules does not have.</summary>
    private static readonly Dictionary<string, string> Bad = new(StringComparer.Ordinal)
    {
        ["SandboxSession"] = """{"idleTimeout": "9999h"}""",
        ["SandboxRuntime"] = """{"image": "runtime:test", "resources": {"limits": {"nvidia.com/gpu": "1"}}}""",
    };

    private static readonly Dictionary<string, string> Good = new(StringComparer.Ordinal)
    {
        ["SandboxSession"] = """{"threadId": "thread_1", "idleTimeout": "2h"}""",
        ["SandboxRuntime"] = """{"image": "runtime:test"}""",
        ["SandboxPool"] = """{"replicas": 2}""",
    };

    public async ValueTask InitializeAsync() => await ModernCluster.SkipWithoutRulesAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Stored_objects_outlive_a_change_of_the_definitions_and_back()
    {
        // 1. Objects of a cluster without rules; some would break them.
        await DefinitionSet.Legacy.ApplyAsync();
        await RulesAsync(inForce: false);
        await CreateAsync("good", Good);
        await CreateAsync("bad", Bad);
        var before = await ObjectsAsync();

        // 2. Rules come: what is stored is as it was, can be used and ended, and cannot become worse.
        await DefinitionSet.WithRules.ApplyAsync();
        await RulesAsync(inForce: true);
        (await ObjectsAsync()).ShouldBe(before);
        foreach (var kind in Kinds)
        {
            await WriteAsync(kind, "good");
        }

        foreach (var kind in Bad.Keys)
        {
            (await cluster.RefusedAsync(kind, "worse", Spec(Bad[kind]))).ShouldContain("spec.");
        }

        (await cluster.RefusedAsync("SandboxSession", "bad", Spec("""{"idleTimeout": "9998h"}"""))).ShouldContain(
            "idleTimeout must lie between 1s and 168h"
        );

        // 3. And go: nothing is lost, and what rules forbid is possible again.
        await DefinitionSet.Legacy.ApplyAsync();
        await RulesAsync(inForce: false);
        (await SpecsAsync()).ShouldBe(Specs(before));
        await cluster.RunAsync("delete", "sandbox", "--all", "--timeout=60s");
    }

    [Fact]
    public async Task What_breaks_a_new_rule_can_still_be_written_to_and_deleted()
    {
        Assert.SkipUnless(
            await TestCluster.MinorAsync() >= 30,
            "Before 1.30 a server checks all fields whenever one of them changes."
        );
        await DefinitionSet.Legacy.ApplyAsync();
        await RulesAsync(inForce: false);
        await CreateAsync("stored", Bad);
        await DefinitionSet.WithRules.ApplyAsync();
        await RulesAsync(inForce: true);
        foreach (var kind in Bad.Keys)
        {
            await WriteAsync(kind, "stored");
            await cluster.RunAsync("delete", kind, "stored", "--timeout=60s");
        }
    }

    /// <summary>What a controller writes: a finalizer, a status, the end of the finalizer.</summary>
    private async Task WriteAsync(string kind, string name)
    {
        await PatchAsync("""{"metadata": {"finalizers": ["sandboxoperator.dev/test"]}}""");
        await PatchAsync("""{"status": {"observedGeneration": 1}}""", "--subresource=status");
        await PatchAsync("""{"metadata": {"finalizers": null}}""");
        (await cluster.GetAsync(kind, name))["status"]!["observedGeneration"]!.GetValue<int>().ShouldBe(1);

        Task PatchAsync(string patch, params string[] options) =>
            cluster.RunAsync(["patch", kind, name, "--type=merge", "--patch", patch, .. options]);
    }

    /// <summary>A server takes a moment to use a definition that has changed.</summary>
    private Task RulesAsync(bool inForce) =>
        Eventually.TrueAsync(
            async () =>
            {
                var text = cluster.Object("SandboxSession", "probe", Spec(Bad["SandboxSession"]));
                var (status, _, error) = await Kubectl.TryAsync(text, "create", "--dry-run=server", "--filename=-");
                return inForce ? error.Contains("idleTimeout must lie between") : status == 0;
            },
            () => $"rules are {(inForce ? "" : "not ")}in force",
            space: null
        );

    private async Task CreateAsync(string name, Dictionary<string, string> specs)
    {
        foreach (var (kind, spec) in specs)
        {
            await Kubectl.ApplyAsync(cluster.Object(kind, name, Spec(spec)));
        }
    }

    private async Task<IReadOnlyList<string>> ObjectsAsync()
    {
        var list = JsonNode.Parse(await cluster.RunAsync("get", "sandbox", "--output=json"))!;
        return [.. list["items"]!.AsArray().Select(item => item!.ToJsonString())];
    }

    private async Task<IReadOnlyList<string>> SpecsAsync() => Specs(await ObjectsAsync());

    private static IReadOnlyList<string> Specs(IEnumerable<string> objects) =>
        [
            .. objects
                .Select(text => JsonNode.Parse(text)!)
                .Select(item => $"{item["kind"]} {item["metadata"]!["name"]} {item["spec"]!.ToJsonString()}"),
        ];

    private static JsonObject Spec(string text) => JsonNode.Parse(text)!.AsObject();
}
