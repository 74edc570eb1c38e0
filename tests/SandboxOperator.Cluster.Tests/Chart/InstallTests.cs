using System.Text.Json.Nodes;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Chart;

/// <summary>The controller on a real cluster: installed by Helm's engine, used by people with kubectl.</summary>
public sealed class InstallTests(InstalledController chart) : IClassFixture<InstalledController>
{
    [Fact]
    public async Task A_session_by_hand_gets_a_pod_that_runs_code()
    {
        await Kubectl.ApplyAsync(
            $"""
            apiVersion: sandboxoperator.dev/v1alpha1
            kind: SandboxSession
            metadata:
              name: by-hand
              namespace: {chart.Sandboxes}
            """
        );
        var session = await Eventually.FindAsync<SandboxSession>(
            new ObjectKey(chart.Sandboxes, "by-hand"),
            found => found.Status?.Phase == "Ready",
            "becomes Ready"
        );
        var columns = await Kubectl.RunAsync("--namespace", chart.Sandboxes, "get", "sbx", "by-hand", "--no-headers");
        columns.Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldContain("Ready");
        var pod = session.Status!.PodRef!.Name;
        var answer = await Kubectl.RunAsync([
            "--namespace",
            chart.Sandboxes,
            "exec",
            pod,
            "--container=kernel",
            "--",
            "python3",
            "-c",
            "print(6 * 7)",
        ]);
        answer.Trim().ShouldBe("42");
    }

    [Fact]
    public async Task The_controller_may_read_what_nodes_say_of_user_namespaces()
    {
        var runtime = await Eventually.FindAsync<SandboxRuntime>(
            new ObjectKey(chart.Sandboxes, "default"),
            found => found.Status?.Conditions.Find(ConditionTypes.UserNamespace) is not null,
            "says what the nodes say"
        );
        var condition = runtime.Status!.Conditions.Find(ConditionTypes.UserNamespace)!;
        condition.Reason.ShouldBeOneOf(ConditionReasons.ReportedByNodes, ConditionReasons.UserNamespacesMissing);
        condition.Message.ShouldContain("default runtime handler");
    }

    [Fact]
    public Task A_node_with_a_controller_can_be_drained() =>
        Eventually.TrueAsync(
            async () =>
                await Kubectl.RunAsync(
                    "--namespace",
                    chart.Namespace,
                    "get",
                    "poddisruptionbudgets",
                    "--output=jsonpath={.items[*].status.disruptionsAllowed}"
                ) == "1",
            () => "one of the two controllers may be evicted",
            chart.Namespace
        );

    [Fact]
    public async Task An_upgrade_changes_controllers_and_the_pool_and_leaves_sessions_alone()
    {
        await Kubectl.ApplyAsync(
            $"""
            apiVersion: sandboxoperator.dev/v1alpha1
            kind: SandboxSession
            metadata:
              name: lives-on
              namespace: {chart.Sandboxes}
            """
        );
        var key = new ObjectKey(chart.Sandboxes, "lives-on");
        var before = await Eventually.FindAsync<SandboxSession>(
            key,
            found => found.Status?.Phase == "Ready",
            "is Ready"
        );

        var values = chart.Values(poolReplicas: 2);
        values["controller"] = new JsonObject { ["logLevel"] = "Debug" };
        await Helm.UpgradeAsync(InstalledChart.Release, chart.Namespace, values);

        string[] rollout = ["rollout", "status", "deployment/sandbox-controller", "--timeout=170s"];
        await Kubectl.RunAsync(["--namespace", chart.Namespace, .. rollout]);
        await Eventually.FindAsync<SandboxPool>(
            new ObjectKey(chart.Sandboxes, "default"),
            pool => pool.Status?.ReadyReplicas == 2,
            "has two ready sandboxes"
        );
        var after = await Eventually.FindAsync<SandboxSession>(key, _ => true, "is there");
        after.Status!.Phase.ShouldBe("Ready");
        after.Status.PodRef.ShouldBe(before.Status!.PodRef);
    }

    [Fact]
    public async Task Kubectl_scales_a_pool()
    {
        foreach (var replicas in new[] { 3, 1 })
        {
            await Kubectl.RunAsync([
                "--namespace",
                chart.Sandboxes,
                "scale",
                "sandboxpool/default",
                $"--replicas={replicas}",
            ]);
            await Eventually.FindAsync<SandboxPool>(
                new ObjectKey(chart.Sandboxes, "default"),
                pool => pool.Status?.ReadyReplicas == replicas && pool.Status.Replicas == replicas,
                $"has {replicas} ready sandboxes"
            );
            await Eventually.ListAsync<V1Pod>(
                chart.Sandboxes,
                $"{SandboxLabels.Pool}=default,!{SandboxLabels.Session}",
                pods => pods.Count == replicas,
                $"{replicas} wait for sessions"
            );
        }
    }
}
