using System.Text.Json.Nodes;
using System.Xml.Linq;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Chart;

/// <summary>What the chart makes of values, on clusters of every age; needs no cluster.</summary>
public sealed class RenderTests
{
    private const string ApiKey = "sk-the-key-of-a-project";
    private const string UpstreamKey = "sk-the-key-of-the-upstream";

    [Theory]
    [InlineData("1.20", false, "policy/v1beta1")]
    [InlineData("1.24", false, "policy/v1")]
    [InlineData("1.25", true, "policy/v1")]
    [InlineData("1.36", true, "policy/v1")]
    public async Task A_version_gets_what_it_understands(string version, bool rules, string budgets)
    {
        var objects = await Helm.TemplateAsync(Everything(), version);
        var definitions = Of(objects, "CustomResourceDefinition").ToList();
        definitions.Count.ShouldBe(3);
        foreach (var definition in definitions)
        {
            definition["metadata"]!["annotations"]!["helm.sh/resource-policy"]!.GetValue<string>().ShouldBe("keep");
        }

        definitions.Any(definition => definition.ToJsonString().Contains("x-kubernetes-validations")).ShouldBe(rules);
        Of(objects, "PodDisruptionBudget").ShouldHaveSingleItem()["apiVersion"]!.GetValue<string>().ShouldBe(budgets);
    }

    [Fact]
    public async Task A_present_server_knows_everything_that_the_chart_and_the_controller_make()
    {
        var objects = await Helm.TemplateAsync(Everything(), "1.36");
        var own = objects.Where(item =>
            !item["apiVersion"]!.GetValue<string>().StartsWith("monitoring.coreos.com", StringComparison.Ordinal)
        );
        var pods = Directory.EnumerateFiles(
            Path.Combine(Checkout.Root, "tests/SandboxOperator.Controller.Tests/Pods/golden"),
            "*.yaml"
        );
        string[] texts = [.. own.Select(item => item.ToJsonString()), .. pods.Select(File.ReadAllText)];
        (await ModernProgram.ProblemsAsync(texts)).ShouldBeEmpty();

        // It does find fault with what an old cluster needs.
        var old = Of(await Helm.TemplateAsync(Everything(), "1.20"), "PodDisruptionBudget");
        (await ModernProgram.ProblemsAsync(old.Select(item => item.ToJsonString()))).ShouldContain("policy/v1beta1");
    }

    [Fact]
    public async Task Our_own_pods_are_as_restricted_as_sandboxes()
    {
        var objects = await Helm.TemplateAsync(Everything());
        var pods = Pods(objects).ToList();
        pods.Count.ShouldBe(4);
        pods.SelectMany(RestrictedProfile.Violations).ShouldBeEmpty();
        var space = Of(objects, "Namespace").ShouldHaveSingleItem();
        space["metadata"]!["labels"]!["pod-security.kubernetes.io/enforce"]!.GetValue<string>().ShouldBe("restricted");
    }

    [Fact]
    public async Task Keys_are_in_their_secrets_only_and_reach_the_gateway_only()
    {
        var objects = await Helm.TemplateAsync(Everything());
        objects.ShouldAllBe(item => !item.ToJsonString().Contains(ApiKey), "of API keys the hash is enough");
        objects.Where(item => item.ToJsonString().Contains(UpstreamKey)).ShouldHaveSingleItem()["kind"]!
            .GetValue<string>()
            .ShouldBe("Secret");
        objects.Where(item => Pods([item]).Any(pod => pod.ToJsonString().Contains("secretRef"))).ShouldHaveSingleItem()[
            "metadata"
        ]!["name"]!
            .GetValue<string>()
            .ShouldBe("sandbox-gateway");
    }

    [Fact]
    public async Task Nobody_may_exec_but_the_gateway_in_the_namespace_of_its_sandboxes()
    {
        var objects = await Helm.TemplateAsync(Everything());
        var roles = Of(objects, "ClusterRole").Concat(Of(objects, "Role")).ToList();
        foreach (var role in roles)
        {
            role["rules"]!.ToJsonString().ShouldNotContain("\"*\"");
            role["rules"]!.ToJsonString().ShouldNotContain("\"secrets\"");
        }

        var execs = roles.Where(role => role.ToJsonString().Contains("pods/exec")).ShouldHaveSingleItem();
        execs["kind"]!.GetValue<string>().ShouldBe("Role");
        execs["metadata"]!["namespace"]!.GetValue<string>().ShouldBe("sandboxes");
    }

    [Fact]
    public async Task The_default_runtime_takes_what_the_values_give()
    {
        var values = Everything();
        values["sandbox"] = new JsonObject
        {
            ["runtime"] = new JsonObject { ["spec"] = new JsonObject { ["image"] = "example.org/python:3" } },
            ["pool"] = new JsonObject { ["replicas"] = null },
        };
        var map = Of(await Helm.TemplateAsync(values), "ConfigMap").ShouldHaveSingleItem();
        var defaults = JsonNode.Parse(map["data"]!["objects.json"]!.GetValue<string>())!.AsArray();
        defaults[0]!["spec"]!["image"]!.GetValue<string>().ShouldBe("example.org/python:3");
        defaults[0]!["spec"]!.AsObject().ContainsKey("acceptSessions").ShouldBeFalse();
        defaults[1]!["spec"]!.AsObject().ContainsKey("replicas").ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"controler": {}}""", "controler")]
    [InlineData("""{"image": {"pullPolicy": "Sometimes"}}""", "pullPolicy")]
    [InlineData("""{"image": {"tag": "a b"}}""", "tag")]
    [InlineData("""{"runAsUser": 0}""", "runAsUser")]
    [InlineData("""{"controller": {"replicas": -1}}""", "replicas")]
    [InlineData("""{"controller": {"logLevel": "loud"}}""", "logLevel")]
    [InlineData("""{"controller": {"resources": {"limits": {"memory": "much"}}}}""", "memory")]
    [InlineData("""{"controller": {"settings": {"A B": "c"}}}""", "A B")]
    [InlineData("""{"gateway": {"replicas": 2}}""", "replicas")]
    [InlineData("""{"gateway": {"keys": {"list": [{"key": "short"}]}}}""", "key")]
    [InlineData("""{"gateway": {"keys": {"list": [{"key": "long enough", "role": "king"}]}}}""", "role")]
    [InlineData("""{"gateway": {"upstream": {"baseUrl": "localhost:8000"}}}""", "baseUrl")]
    [InlineData("""{"gateway": {"service": {"port": 0}}}""", "port")]
    [InlineData("""{"gateway": {"ingress": {"enabled": true}}}""", "host")]
    [InlineData("""{"gateway": {"persistence": {"size": "0"}}}""", "size")]
    [InlineData("""{"sandbox": {"namespace": {"name": "kube-system"}}}""", "namespace")]
    [InlineData("""{"sandbox": {"namespace": {"name": "A_B"}}}""", "namespace")]
    [InlineData("""{"sandbox": {"idleTimeout": "1h"}}""", "idleTimeout")]
    [InlineData("""{"sandbox": {"pool": {"replicas": "many"}}}""", "replicas")]
    [InlineData("""{"networkPolicy": {"apiServerPorts": [70000]}}""", "apiServerPorts")]
    [InlineData("""{"cleanup": {"timeoutSeconds": 1}}""", "timeoutSeconds")]
    public async Task Nonsense_is_refused_by_name(string nonsense, string named)
    {
        var values = Everything();
        foreach (var (name, value) in JsonNode.Parse(nonsense)!.AsObject())
        {
            values[name] = value!.DeepClone();
        }

        var refused = await Should.ThrowAsync<HelmException>(() => Helm.TemplateAsync(values));
        refused.Message.ShouldContain("schema");
        refused.Message.ShouldContain(named);
    }

    [Fact]
    public async Task Without_keys_it_says_what_to_type()
    {
        var refused = await Should.ThrowAsync<HelmException>(() => Helm.TemplateAsync([]));
        refused.Message.ShouldContain("gateway.keys.list[0].key=");
    }

    [Fact]
    public async Task The_release_s_own_namespace_is_not_the_sandboxes()
    {
        var values = Everything();
        values["sandbox"] = new JsonObject { ["namespace"] = new JsonObject { ["name"] = "default" } };
        await Should.ThrowAsync<HelmException>(() => Helm.TemplateAsync(values));
    }

    [Fact]
    public void The_chart_has_the_version_of_the_programs()
    {
        var version = XDocument
            .Load(Path.Combine(Checkout.Root, "Directory.Build.props"))
            .Descendants("Version")
            .Single()
            .Value;
        File.ReadAllLines(Path.Combine(Helm.Chart, "Chart.yaml")).ShouldContain($"appVersion: {version}");
    }

    /// <summary>Values that switch everything on.</summary>
    private static JsonObject Everything() =>
        JsonNode
            .Parse(
                $$$"""
                {
                  "gateway": {
                    "keys": {"list": [{"key": "{{{ApiKey}}}", "project": "one", "role": "admin"}]},
                    "upstream": {"baseUrl": "https://example.org/v1", "apiKey": "{{{UpstreamKey}}}", "models": {"*": "large"}},
                    "ingress": {"enabled": true, "host": "python.example.org", "tlsSecret": "certificate"}
                  },
                  "serviceMonitor": {"enabled": true}
                }
                """
            )!
            .AsObject();

    private static IEnumerable<JsonObject> Of(IEnumerable<JsonObject> objects, string kind) =>
        objects.Where(item => item["kind"]!.GetValue<string>() == kind);

    private static IEnumerable<JsonObject> Pods(IEnumerable<JsonObject> objects) =>
        objects.Select(item => item["spec"]?["template"]?["spec"]).OfType<JsonObject>();
}
