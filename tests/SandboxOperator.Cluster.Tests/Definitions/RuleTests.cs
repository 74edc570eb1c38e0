using System.Text.Json.Nodes;
using SandboxOperator.Cluster.Tests.Harness;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Definitions;

/// <summary>Every rule in the definitions lets through what it should, and says what is wrong with the rest.</summary>
public sealed class RuleTests(ModernCluster cluster) : IClassFixture<ModernCluster>, IAsyncLifetime
{
    private static int s_objects;

    public async ValueTask InitializeAsync() => await ModernCluster.SkipWithoutRulesAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static TheoryData<string, string> Places() =>
        [.. RuleCase.All.Select(each => new TheoryDataRow<string, string>(each.Kind, each.Path))];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_rule_tells_good_from_bad(string kind, string path)
    {
        var rule = RuleCase.All.Single(each => each.Kind == kind && each.Path == path);
        var name = NewName();
        await Kubectl.ApplyAsync(cluster.Object(kind, name, Spec(rule.Before)));
        foreach (var good in rule.Accepted)
        {
            await Kubectl.ApplyAsync(cluster.Object(kind, name, Spec(good)));
        }

        rule.Refused.ShouldNotBeEmpty();
        var held = await cluster.GetAsync(kind, name);
        foreach (var bad in rule.Refused)
        {
            var said = await cluster.RefusedAsync(kind, name, Spec(bad));
            said.ShouldContain($"{path}: ", customMessage: bad);
            said.ShouldContain(rule.Message, customMessage: bad);
        }

        (await cluster.GetAsync(kind, name)).ToJsonString().ShouldBe(held.ToJsonString());
    }

    [Theory]
    [InlineData("SandboxSession", """{"idleTimeout": "soon"}""", "spec.idleTimeout")]
    [InlineData("SandboxSession", """{"idleTimeout": "1.99999999999999999999999h"}""", "spec.idleTimeout")]
    [InlineData("SandboxSession", """{"idleTimeout": 60}""", "spec.idleTimeout")]
    [InlineData("SandboxSession", """{"project": " "}""", "spec.project")]
    [InlineData("SandboxSession", """{"threadId": "../../etc"}""", "spec.threadId")]
    [InlineData("SandboxSession", """{"runtimeRef": {}}""", "spec.runtimeRef.name")]
    [InlineData("SandboxSession", """{"runtime": "default"}""", "spec.runtime")]
    [InlineData("SandboxRuntime", "{}", "spec.image")]
    [InlineData("SandboxRuntime", """{"image": "a b"}""", "spec.image")]
    [InlineData("SandboxRuntime", """{"image": "a", "imagePullPolicy": "Sometimes"}""", "spec.imagePullPolicy")]
    [InlineData("SandboxRuntime", """{"image": "a", "limits": {"processes": 1}}""", "spec.limits.processes")]
    [InlineData("SandboxRuntime", """{"image": "a", "resources": {"limits": {"cpu": "much"}}}""", "limits.cpu")]
    [InlineData("SandboxPool", """{"replicas": -1}""", "spec.replicas")]
    [InlineData("SandboxPool", """{"replicas": 10001}""", "spec.replicas")]
    public async Task A_bad_field_is_named(string kind, string spec, string field) =>
        (await cluster.RefusedAsync(kind, NewName(), Spec(spec))).ShouldContain(field);

    private static string NewName() => $"rule-{Interlocked.Increment(ref s_objects)}";

    private static JsonObject Spec(string text) => JsonNode.Parse(text)!.AsObject();
}
