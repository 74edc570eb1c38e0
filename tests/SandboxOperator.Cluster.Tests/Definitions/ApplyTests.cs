using System.Text.Json.Nodes;
using k8s;
using SandboxOperator.Cluster.Tests.Harness;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Definitions;

/// <summary>What is applied is what the server holds: tools that compare the two find nothing to do.</summary>
public sealed class ApplyTests(ModernCluster cluster) : IClassFixture<ModernCluster>, IAsyncLifetime
{
    private static readonly string[] Conditions = ["Established=True", "NamesAccepted=True"];

    public async ValueTask InitializeAsync() => await ModernCluster.SkipWithoutRulesAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static TheoryData<string, string[]> Ways() =>
        new()
        {
            { "crds", [] },
            { "crds", ["--server-side", "--force-conflicts"] },
            { "crds/legacy", [] },
            { "crds/legacy", ["--server-side", "--force-conflicts"] },
        };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Applying_again_changes_nothing(string folder, string[] options)
    {
        var set = new DefinitionSet(folder);
        await set.ApplyAsync(options);
        var first = await VersionsAsync(set);
        (await set.DiffAsync(options)).ShouldBeEmpty();
        await set.ApplyAsync(options);
        (await VersionsAsync(set)).ShouldBe(first);
    }

    [Theory]
    [InlineData("crds")]
    [InlineData("crds/legacy")]
    public async Task The_server_drops_nothing_and_finds_no_fault(string folder)
    {
        var set = new DefinitionSet(folder);
        await set.ApplyAsync("--server-side", "--force-conflicts");
        var live = (await set.LiveAsync()).ToDictionary(item => item["metadata"]!["name"]!.GetValue<string>());
        foreach (var written in set.Read())
        {
            var held = live[written.Metadata.Name];
            // NonStructuralSchema and the like come only when something is wrong.
            held["status"]!["conditions"]!
                .AsArray()
                .Select(condition => $"{condition!["type"]}={condition["status"]}")
                .ShouldBe(Conditions, ignoreOrder: true, held["status"]!.ToJsonString());

            var spec = held["spec"]!.AsObject();
            spec.Remove("conversion"); // the server's only default
            var expected = JsonNode.Parse(KubernetesJson.Serialize(written.Spec));
            JsonNode.DeepEquals(spec, expected).ShouldBeTrue($"{spec.ToJsonString()}\n{expected!.ToJsonString()}");
        }
    }

    [Theory]
    [InlineData("sbx.spec.idleTimeout", "How long after its last use")]
    [InlineData("sbr.spec.resources.limits", "What a sandbox gets at most")]
    [InlineData("sbp.spec.replicas", "How many unclaimed sandboxes")]
    public async Task The_server_explains_the_fields(string field, string meaning)
    {
        // What kinds there are is published a moment after they are served.
        await Eventually.TrueAsync(
            async () =>
            {
                Kubectl.Forget();
                return (await Kubectl.TryAsync(null, "explain", field))
                    .Output.ReplaceLineEndings(" ")
                    .Contains(meaning);
            },
            () => $"kubectl explain {field} says '{meaning}'",
            space: null
        );
        cluster.Space.ShouldNotBeEmpty();
    }

    private static async Task<IEnumerable<string>> VersionsAsync(DefinitionSet set) =>
        (await set.LiveAsync()).Select(item => item["metadata"]!["resourceVersion"]!.GetValue<string>());
}
