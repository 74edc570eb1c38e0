using k8s.Models;
using SandboxOperator.Api.Pools;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>Controllers that are killed, and several at once, against a real API server.</summary>
public sealed class BadLuckTests(ClusterNamespace space) : IClassFixture<ClusterNamespace>
{
    private const int Sessions = 30;
    private const int Pool = 10;

    [Fact]
    public async Task Killed_controllers_leave_no_session_with_two_pods_and_no_pod_without_session()
    {
        await using var kubelet = new PlayedKubelet(space.Name);
        await MakeAsync();
        for (var kills = 0; kills < 3; kills++)
        {
            using var controller = ControllerProcess.Start(space);
            var goal = (kills + 1) * Sessions / 4;
            await Eventually.TrueAsync(
                async () => (await SessionPodsAsync()).Count >= goal,
                () => $"{goal} sessions have pods",
                space.Name
            );
            controller.Kill();
        }

        using var last = ControllerProcess.Start(space);
        await AllReadyAsync();
    }

    [Fact]
    public async Task Of_two_replicas_one_works_and_the_other_takes_over()
    {
        await using var kubelet = new PlayedKubelet(space.Name);
        await MakeAsync();
        using var first = ControllerProcess.Start(space);
        using var second = ControllerProcess.Start(space);
        await Eventually.TrueAsync(
            async () => (await SessionPodsAsync()).Count >= Sessions / 2,
            () => "half of the sessions have pods",
            space.Name
        );
        first.Kill();
        await AllReadyAsync();
    }

    private async Task MakeAsync()
    {
        await CreateAsync("default", new SandboxRuntime { Spec = new SandboxRuntimeSpec { Image = "runtime:test" } });
        await CreateAsync("warm", new SandboxPool { Spec = new SandboxPoolSpec { Replicas = Pool } });
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(each => CreateAsync($"s{each}", new SandboxSession())));
    }

    private async Task<IReadOnlyList<V1Pod>> SessionPodsAsync()
    {
        var query = new ListQuery(space.Name, SandboxLabels.Session);
        return (await space.Client.ListAsync<V1Pod>(query, 1000, null, CancellationToken.None)).Items;
    }

    /// <summary>Waits until everything is as it should be; then counts, and removes all for the next test.</summary>
    private async Task AllReadyAsync()
    {
        var sessions = await Eventually.ListAsync<SandboxSession>(
            space.Name,
            labels: null,
            found => found.Count(each => each.Status?.Phase == SessionPhases.Ready) == Sessions,
            "all sessions are ready"
        );
        await Eventually.FindAsync<SandboxPool>(
            space.Key("warm"),
            pool => pool.Status is { Replicas: Pool, ReadyReplicas: Pool },
            "is full"
        );
        var pods = await SessionPodsAsync();
        pods.Select(pod => pod.Metadata.Uid)
            .ShouldBe(sessions.Select(session => session.Status!.PodRef!.Uid), ignoreOrder: true);
        sessions.ShouldAllBe(session => session.Status!.Replacements == null);
        var all = await space.Client.ListAsync<V1Pod>(new ListQuery(space.Name), 1000, null, CancellationToken.None);
        all.Items.Count.ShouldBe(Sessions + Pool);
        await space.ShouldBeCleanAsync();

        foreach (var session in sessions)
        {
            await space.Client.DeleteAsync<SandboxSession>(ObjectKey.Of(session), null, CancellationToken.None);
        }

        await space.Client.DeleteAsync<SandboxPool>(space.Key("warm"), null, CancellationToken.None);
        await space.Client.DeleteAsync<SandboxRuntime>(space.Key("default"), null, CancellationToken.None);
        await Eventually.ListAsync<V1Pod>(space.Name, labels: null, found => found.Count == 0, "no pod is left");
    }

    private Task CreateAsync<T>(string name, T entity)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
    {
        entity.Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space.Name };
        return space.Client.CreateAsync(entity, TestCluster.FieldManager, CancellationToken.None);
    }
}
