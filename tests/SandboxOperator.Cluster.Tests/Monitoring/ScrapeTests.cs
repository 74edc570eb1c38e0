using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Monitoring;

/// <summary>A real Prometheus over a real gateway and a real controller; needs no cluster.</summary>
public sealed partial class ScrapeTests
{
    [Fact]
    public async Task Prometheus_finds_every_metric_that_dashboard_and_rules_name()
    {
        var files = Path.Combine(Checkout.Root, "charts/sandbox-operator/files/monitoring");
        var named = new[] { "rules.yaml", "dashboard.json" }
            .SelectMany(file => MetricName().Matches(File.ReadAllText(Path.Combine(files, file))))
            .Select(match => Suffix().Replace(match.Value, ""))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        named.Count.ShouldBeGreaterThan(30);

        await using var gateway = await ServerProgram.StartAsync(
            "sandbox-gateway.dll",
            data => ["--Listen:Port=0", $"--Data:Directory={data}", "--Sandbox:Warm=0"]
        );
        await using var controller = await ServerProgram.StartAsync(
            "sandbox-controller.dll",
            data =>
                [
                    "run",
                    "--Listen:Host=127.0.0.1",
                    "--Listen:Port=0",
                    "--Agent:Image=agent",
                    $"--Kube:Config={data}/kubeconfig",
                ]
        );
        await using var prometheus = await PrometheusProcess.StartAsync(gateway.Address, controller.Address);

        var up = await prometheus.UntilAsync(
            "/api/v1/query?query=up",
            all => all.Count == 2 && all.All(one => (string?)one!["value"]![1] == "1")
        );
        up.Count.ShouldBe(2);
        List<string> missing = [];
        await prometheus.UntilAsync(
            "/api/v1/targets/metadata",
            all =>
            {
                var known = all.Select(one => Suffix().Replace((string)one!["metric"]!, ""))
                    .ToHashSet(StringComparer.Ordinal);
                missing = [.. named.Where(name => !known.Contains(name))];
                return missing.Count == 0 || known.Count > 100;
            }
        );
        missing.ShouldBeEmpty();
    }

    [GeneratedRegex(@"\bsandbox_[a-z0-9_]+", RegexOptions.None, 1000)]
    private static partial Regex MetricName();

    /// <summary>What the names of histograms and counters have in queries, and not always where they are declared.</summary>
    [GeneratedRegex("_(?:bucket|count|sum|total)$", RegexOptions.None, 1000)]
    private static partial Regex Suffix();
}
