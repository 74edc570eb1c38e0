using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using SandboxOperator.Api.Pools;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>User namespaces that nodes report or do not, against a real API server.</summary>
public sealed class UserNamespaceTests(ClusterNamespace space) : IClassFixture<ClusterNamespace>
{
    private static readonly TimeSpan AskedAgain = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task What_a_node_reports_decides_and_a_requirement_that_is_not_met_is_said_everywhere()
    {
        await using var controller = await RunningController.StartAsync(space);
        await using var kubelet = new PlayedKubelet(space.Name);
        var name = space.Name;
        // Nobody else's pods come here.
        var node = PlayedNodes.Node(name, hasUserNamespaces: true);
        node.Metadata.Labels = new Dictionary<string, string> { ["pool"] = name };
        node.Spec = new V1NodeSpec { Taints = [new V1Taint { Key = name, Effect = "NoSchedule" }] };
        await space.Client.CreateAsync(node, TestCluster.FieldManager, CancellationToken.None);
        try
        {
            var status = new V1Patch(new { status = node.Status }, V1Patch.PatchType.MergePatch);
            var key = new ObjectKey(null, name);
            node = await space.Client.PatchAsync<V1Node>(
                key,
                status,
                TestCluster.FieldManager,
                "status",
                CancellationToken.None
            );
            // Servers before 1.30 drop what they do not know; there such a node is one that does not report anything.
            var isReported = node.Status.RuntimeHandlers is not null;
            await RuntimeAsync("auto", UserNamespaceSettings.Auto, name);
            await RuntimeAsync("required", UserNamespaceSettings.Required, name);
            await PoolAsync("required", replicas: 1);
            await SessionAsync("auto");
            await SessionAsync("required");

            var decided = await DecidedAsync("auto", reason => reason is not null);
            (decided.Status, decided.Reason).ShouldBe(
                isReported
                    ? (ConditionStatus.True, ConditionReasons.ReportedByNodes)
                    : (ConditionStatus.False, ConditionReasons.UserNamespacesMissing)
            );
            var session = await Eventually.FindAsync<SandboxSession>(
                space.Key("auto"),
                each => each.Status?.Phase == SessionPhases.Ready,
                "is ready"
            );
            (await UserAsync(session.Status!.PodRef!.Name) == PodUser.InNamespace).ShouldBe(isReported);
            if (isReported)
            {
                await Eventually.FindAsync<SandboxSession>(
                    space.Key("required"),
                    each => each.Status?.Phase == SessionPhases.Ready,
                    "is ready"
                );
                return;
            }

            decided.Message.ShouldContain($"The node {name} ");
            await RefusedAsync<SandboxRuntime>(runtime => runtime.Status?.Conditions, name);
            await RefusedAsync<SandboxPool>(pool => pool.Status?.Conditions, name);
            await RefusedAsync<SandboxSession>(each => each.Status?.Conditions, name);
            (await PodsAsync("required")).ShouldBeEmpty();
        }
        finally
        {
            await space.Client.DeleteAsync<V1Node>(new ObjectKey(null, name), null, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_node_that_comes_and_goes_replaces_only_the_pods_that_were_made_meanwhile()
    {
        var time = new SkewedTime();
        var nodes = new PlayedNodes(TestCluster.Client);
        var (good, bad) = (PlayedNodes.Node("good", true), PlayedNodes.Node("bad", false));
        nodes.Are(good);
        await using var kubelet = new PlayedKubelet(space.Name);
        await using var controller = await RunningController.StartAsync(
            space,
            configure: services => services.AddSingleton<TimeProvider>(time).AddSingleton<IKubeClient>(nodes)
        );
        await RuntimeAsync("flap", UserNamespaceSettings.Auto);
        await PoolAsync("flap", replicas: 2);
        await ReadyAsync("flap", 2);
        var first = await PodsAsync("flap");
        first.ShouldAllBe(pod => pod.Spec.SecurityContext.RunAsUser == PodUser.InNamespace);

        // 1. A node without: pods that are there go on, new ones have to do without.
        nodes.Are(bad, good);
        await AskAgainAsync(time, "flap");
        await DecidedAsync("flap", reason => reason == ConditionReasons.UserNamespacesMissing);
        await ScaleAsync("flap", 3);
        await ReadyAsync("flap", 3);
        var second = await PodsAsync("flap");
        Uids(first).ShouldBeSubsetOf(Uids(second));
        second
            .Count(pod => pod.Spec.SecurityContext.RunAsUser == PodUser.InNamespace)
            .ShouldBe(2, "the pods of before, and no others");

        // 2. It goes, comes and goes: nothing happens.
        foreach (var isThere in new[] { false, true, false })
        {
            nodes.Are(isThere ? [bad, good] : [good]);
            await AskAgainAsync(time, "flap");
            await DecidedAsync(
                "flap",
                reason => reason == (isThere ? ConditionReasons.UserNamespacesMissing : ConditionReasons.Settling)
            );
        }

        await ReadyAsync("flap", 3);
        Uids(await PodsAsync("flap")).ShouldBe(Uids(second), ignoreOrder: true);

        // 3. It stays away: the one pod without is replaced, and the others are not.
        await AskAgainAsync(time, "flap");
        await AskAgainAsync(time, "flap");
        await DecidedAsync("flap", reason => reason == ConditionReasons.ReportedByNodes);
        await Eventually.TrueAsync(
            async () =>
                await PodsAsync("flap") is { Count: 3 } pods
                && pods.All(pod => pod.Spec.SecurityContext.RunAsUser == PodUser.InNamespace),
            () => "every pod has a user namespace",
            space.Name
        );
        await ReadyAsync("flap", 3);
        Uids(first).ShouldBeSubsetOf(Uids(await PodsAsync("flap")));
    }

    private static string[] Uids(IEnumerable<V1Pod> pods) => [.. pods.Select(pod => pod.Metadata.Uid)];

    /// <summary>The controller's timers have not seen the clock move: something has to wake it.</summary>
    private async Task AskAgainAsync(SkewedTime time, string runtime)
    {
        time.Advance(AskedAgain);
        var touched = $"touched={Guid.NewGuid():N}";
        await Kubectl.RunAsync("--namespace", space.Name, "label", "sbr", runtime, touched, "--overwrite");
    }

    private async Task<Condition> DecidedAsync(string runtime, Func<string?, bool> holds)
    {
        var found = await Eventually.FindAsync<SandboxRuntime>(
            space.Key(runtime),
            each => holds(each.Status?.Conditions.Find(ConditionTypes.UserNamespace)?.Reason),
            "has decided"
        );
        return found.Status!.Conditions.Find(ConditionTypes.UserNamespace)!;
    }

    private Task RefusedAsync<T>(Func<T, IReadOnlyList<Condition>?> conditions, string node)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta> =>
        Eventually.FindAsync<T>(
            space.Key("required"),
            each =>
                conditions(each).Find(ConditionTypes.Ready) is { Reason: ConditionReasons.UserNamespacesMissing } ready
                && ready.Status == ConditionStatus.False
                && ready.Message.Contains($"The node {node} ", StringComparison.Ordinal),
            "says which node has none"
        );

    private async Task<long?> UserAsync(string pod) =>
        (await Eventually.FindAsync<V1Pod>(space.Key(pod), _ => true, "exists")).Spec.SecurityContext.RunAsUser;

    private async Task<IReadOnlyList<V1Pod>> PodsAsync(string pool)
    {
        var query = new ListQuery(space.Name, $"{SandboxLabels.Pool}={pool}");
        var page = await space.Client.ListAsync<V1Pod>(query, 100, null, CancellationToken.None);
        return [.. page.Items.Where(pod => pod.Metadata.DeletionTimestamp is null)];
    }

    private Task ScaleAsync(string pool, int replicas) =>
        Kubectl.RunAsync("--namespace", space.Name, "scale", "sbp", pool, $"--replicas={replicas}");

    private Task ReadyAsync(string pool, int ready) =>
        Eventually.FindAsync<SandboxPool>(
            space.Key(pool),
            each => each.Status?.ReadyReplicas == ready && each.Status.Replicas == ready,
            $"has {ready} ready"
        );

    private Task RuntimeAsync(string name, string userNamespace, string? nodes = null) =>
        CreateAsync(
            name,
            new SandboxRuntime
            {
                Spec = new SandboxRuntimeSpec
                {
                    Image = "runtime:test",
                    Isolation = new RuntimeIsolation { UserNamespace = userNamespace },
                    Scheduling = nodes is null
                        ? null
                        : new RuntimeScheduling
                        {
                            NodeSelector = new Dictionary<string, string> { ["pool"] = nodes },
                            Tolerations = [new RuntimeToleration { Key = nodes, Operator = "Exists" }],
                        },
                },
            }
        );

    private Task PoolAsync(string name, int replicas) =>
        CreateAsync(
            name,
            new SandboxPool
            {
                Spec = new SandboxPoolSpec
                {
                    RuntimeRef = new LocalReference { Name = name },
                    Replicas = replicas,
                    MinReady = 1,
                },
            }
        );

    private Task SessionAsync(string name) =>
        CreateAsync(
            name,
            new SandboxSession { Spec = new SandboxSessionSpec { RuntimeRef = new LocalReference { Name = name } } }
        );

    private Task CreateAsync<T>(string name, T entity)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
    {
        entity.Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space.Name };
        return space.Client.CreateAsync(entity, TestCluster.FieldManager, CancellationToken.None);
    }
}
