using System.Text.Json.Nodes;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Monitoring;

/// <summary>The alerts as the chart renders them, told apart by Prometheus's own tool; needs no cluster.</summary>
public sealed class RulesTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rules-");

    [Fact]
    public async Task Each_alert_fires_when_it_should_and_not_before()
    {
        await PrometheusProcess.InstallAsync();
        var rules = Path.Combine(_folder.FullName, "rules.yaml");
        await File.WriteAllTextAsync(rules, (await RenderAsync("PrometheusRule", "sandbox"))["spec"]!.ToJsonString());
        var tests = Path.Combine(_folder.FullName, "rules.test.yaml");
        var source = Path.Combine(Checkout.Root, "tests/SandboxOperator.Cluster.Tests/Monitoring/rules.test.yaml");
        await File.WriteAllTextAsync(tests, (await File.ReadAllTextAsync(source)).Replace("RULES", rules));

        foreach (
            var arguments in (string[][])
                [
                    ["check", "rules", rules],
                    ["test", "rules", tests],
                ]
        )
        {
            var (status, output, error) = await Command.RunAsync("promtool", arguments, input: null, Deadline);
            status.ShouldBe(0, output + error);
        }
    }

    [Fact]
    public async Task The_dashboard_is_json_with_queries_of_its_data_source_only()
    {
        var map = await RenderAsync("ConfigMap", "sandbox-dashboard");
        map["metadata"]!["labels"]!["grafana_dashboard"]!.GetValue<string>().ShouldBe("1");
        var dashboard = JsonNode.Parse(map["data"]!["sandbox-operator.json"]!.GetValue<string>())!;
        var targets = dashboard["panels"]!.AsArray().SelectMany(panel => panel!["targets"]?.AsArray() ?? []).ToList();
        targets.Count.ShouldBeGreaterThan(20);
        targets.ShouldAllBe(target => (string?)target!["datasource"]!["uid"] == "${datasource}");
        dashboard["panels"]!.AsArray().Select(panel => (int)panel!["id"]!).ShouldBeUnique();
    }

    [Fact]
    public async Task Nothing_of_it_is_there_unless_asked_for()
    {
        var objects = await Helm.TemplateAsync(
            JsonNode.Parse("""{"gateway":{"keys":{"allowAny":true}}}""")!.AsObject()
        );
        objects
            .Select(item => (string)item["kind"]!)
            .ShouldAllBe(kind => kind != "PrometheusRule" && kind != "ServiceMonitor");
        objects.ShouldAllBe(item => (string?)item["metadata"]!["name"] != "sandbox-dashboard");
        objects.ShouldAllBe(item => !item.ToJsonString().Contains("OTEL_"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<JsonObject> RenderAsync(string kind, string name)
    {
        var values = """
            {
              "gateway": {"keys": {"allowAny": true}},
              "prometheusRule": {"enabled": true},
              "dashboard": {"enabled": true}
            }
            """;
        var objects = await Helm.TemplateAsync(JsonNode.Parse(values)!.AsObject());
        return objects
            .Where(item => (string?)item["kind"] == kind && (string?)item["metadata"]!["name"] == name)
            .ShouldHaveSingleItem();
    }
}
