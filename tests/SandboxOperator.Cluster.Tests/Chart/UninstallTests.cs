using k8s.Models;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Chart;

/// <summary>What an uninstall leaves.</summary>
public sealed class UninstallTests(InstalledController chart, ClusterNamespace elsewhere)
    : IClassFixture<InstalledController>,
        IClassFixture<ClusterNamespace>
{
    [Fact]
    public async Task It_ends_all_sessions_and_leaves_the_definitions()
    {
        foreach (var space in new[] { chart.Sandboxes, elsewhere.Name })
        {
            await Kubectl.ApplyAsync(
                $"""
                apiVersion: sandboxoperator.dev/v1alpha1
                kind: SandboxSession
                metadata:
                  name: by-hand
                  namespace: {space}
                """
            );
        }

        await Helm.UninstallAsync(InstalledChart.Release, chart.Namespace);

        (await Kubectl.RunAsync("get", "sandbox", "--all-namespaces", "--output=name")).ShouldBeEmpty();
        var pods = new ListQuery(LabelSelector: "sandboxoperator.dev/sandbox=true");
        (await TestCluster.Client.ListAsync<V1Pod>(pods, 100, null, CancellationToken.None)).Items.ShouldBeEmpty();
        foreach (var kind in new[] { "clusterroles", "clusterrolebindings", "namespaces" })
        {
            var left = await Kubectl.RunAsync([
                "get",
                kind,
                "--selector=app.kubernetes.io/part-of=sandbox-operator",
                "--output=name",
            ]);
            left.ShouldBeEmpty();
        }

        var objects = "deployments,jobs,services,secrets,configmaps,roles,rolebindings,networkpolicies";
        (
            await Kubectl.RunAsync([
                "get",
                objects,
                "--namespace",
                chart.Namespace,
                "--selector=app.kubernetes.io/part-of",
                "--output=name",
            ])
        ).ShouldBeEmpty();
        await Eventually.FindAsync<V1CustomResourceDefinition>(
            new ObjectKey(null, "sandboxsessions.sandboxoperator.dev"),
            found => found.Metadata.DeletionTimestamp is null,
            "is kept"
        );
    }
}
