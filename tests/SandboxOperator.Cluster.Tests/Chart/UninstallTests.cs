using k8s.Models;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Chart;

/// <summary>What an uninstall leaves.</summary>
public sealed class UninstallTests(InstalledProduct chart, ClusterNamespace elsewhere)
    : IClassFixture<InstalledProduct>,
        IClassFixture<ClusterNamespace>
{
    [Fact]
    public async Task It_leaves_the_definitions_and_what_people_made()
    {
        await Kubectl.ApplyAsync(
            $"""
            apiVersion: sandboxoperator.dev/v1alpha1
            kind: SandboxRuntime
            metadata:
              name: default
              namespace: {elsewhere.Name}
            spec:
              image: localhost/sandbox-operator/runtime:dev
              imagePullPolicy: Never
            """
        );
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

        await Eventually.FindAsync<V1NetworkPolicy>(
            elsewhere.Key("sandbox-isolation"),
            _ => true,
            "closes the network of a session beside the chart's namespace"
        );

        await Helm.UninstallAsync(InstalledChart.Release, chart.Namespace);

        (await Kubectl.RunAsync("get", "sandbox", "--all-namespaces", "--output=name"))
            .Trim()
            .ShouldBe("sandboxruntime.sandboxoperator.dev/default");
        (await Kubectl.RunAsync("get", "networkpolicies", "--namespace", elsewhere.Name)).ShouldBeEmpty();
        var pods = new ListQuery(LabelSelector: "sandboxoperator.dev/sandbox=true");
        (await TestCluster.Client.ListAsync<V1Pod>(pods, 100, null, CancellationToken.None)).Items.ShouldBeEmpty();
        foreach (var kind in new[] { "clusterroles", "clusterrolebindings", "namespaces" })
        {
            var others = await Kubectl.RunAsync([
                "get",
                kind,
                "--selector=app.kubernetes.io/part-of=sandbox-operator",
                "--output=name",
            ]);
            others.ShouldBeEmpty();
        }

        var objects =
            "deployments,jobs,pods,services,serviceaccounts,secrets,configmaps,roles,rolebindings,networkpolicies,"
            + "poddisruptionbudgets,persistentvolumeclaims";
        var left = "";
        // The pods end in their own time.
        await Eventually.TrueAsync(
            async () =>
                (
                    left = await Kubectl.RunAsync([
                        "get",
                        objects,
                        "--namespace",
                        chart.Namespace,
                        "--selector=app.kubernetes.io/part-of",
                        "--output=name",
                    ])
                ).Length == 0,
            () => $"nothing is left of the release; there is {left}",
            chart.Namespace
        );
        await Eventually.FindAsync<V1CustomResourceDefinition>(
            new ObjectKey(null, "sandboxsessions.sandboxoperator.dev"),
            found => found.Metadata.DeletionTimestamp is null,
            "is kept"
        );
    }
}
