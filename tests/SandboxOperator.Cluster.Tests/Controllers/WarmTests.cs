using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>Sessions and pools, against a real API server.</summary>
public sealed class WarmTests(ControllerFixture fixture) : IClassFixture<ControllerFixture>
{
    private const int MostReconciles = 4;

    [Fact]
    public async Task A_warm_pod_is_the_sessions_at_once_with_one_write_of_the_status()
    {
        await fixture.CreateRuntimeAsync("quick");
        await fixture.CreatePoolAsync("quick", "quick", replicas: 1);
        await fixture.ReadyPoolAsync("quick", 1);
        using var reconciles = new CountedReconciles("SessionController", fixture.Space.Key("quick"));

        var created = await fixture.CreateSessionAsync("quick", "quick");
        var session = await fixture.ReadySessionAsync("quick");
        session.Status!.Launch.ShouldBe(SessionLaunch.Warm);
        var pod = await fixture.PodAsync(session.Status.PodRef!.Name);
        pod.Metadata.Labels[SandboxLabels.Session].ShouldBe("quick");
        pod.Metadata.OwnerReferences.ShouldHaveSingleItem().Uid.ShouldBe(session.Metadata.Uid);
        pod.Metadata.Annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"].ShouldBe("false");
        await fixture.EventAsync("quick", "WarmStart", pod.Metadata.Name);

        // The pool fills up again, and nothing more happens to the session.
        await fixture.ReadyPoolAsync("quick", 1);
        (await fixture.VersionsAsync(created, each => each.Status?.Phase == SessionPhases.Ready)).Count.ShouldBe(1);
        reconciles.Count.ShouldBeInRange(1, MostReconciles);
    }

    [Fact]
    public async Task Ten_sessions_at_once_share_a_pool_of_five()
    {
        await fixture.CreateRuntimeAsync("shared");
        await fixture.CreatePoolAsync("shared", "shared", replicas: 5);
        await fixture.ReadyPoolAsync("shared", 5);
        string[] names = [.. Enumerable.Range(0, 10).Select(each => $"shared-{each}")];
        await Task.WhenAll(names.Select(name => fixture.CreateSessionAsync(name, "shared")));

        var sessions = await Task.WhenAll(names.Select(fixture.ReadySessionAsync));
        sessions.Count(each => each.Status!.Launch == SessionLaunch.Warm).ShouldBeGreaterThanOrEqualTo(5);
        sessions.Select(each => each.Status!.PodRef!.Uid).ShouldBeUnique();
        foreach (var session in sessions)
        {
            var pod = (await fixture.PodsAsync(SandboxLabels.Session, session.Metadata.Name)).ShouldHaveSingleItem();
            pod.Metadata.Uid.ShouldBe(session.Status!.PodRef!.Uid);
        }

        await fixture.ReadyPoolAsync("shared", 5);
    }

    [Fact]
    public async Task A_pool_serves_its_own_runtime_and_not_another_that_asks_for_the_same()
    {
        await fixture.CreateRuntimeAsync("twin");
        await fixture.CreateRuntimeAsync("other-twin");
        await fixture.CreatePoolAsync("twin", "twin", replicas: 1);
        await fixture.ReadyPoolAsync("twin", 1);
        var waiting = (await fixture.PodsAsync(SandboxLabels.Pool, "twin")).ShouldHaveSingleItem();

        await fixture.CreateSessionAsync("other-twin", "other-twin");
        var session = await fixture.ReadySessionAsync("other-twin");

        session.Status!.Launch.ShouldBe(SessionLaunch.Cold);
        var pod = await fixture.PodAsync(session.Status.PodRef!.Name);
        pod.Metadata.Labels[SandboxLabels.Runtime].ShouldBe("other-twin");
        pod.Metadata.Labels[SandboxLabels.RuntimeHash].ShouldBe(waiting.Metadata.Labels[SandboxLabels.RuntimeHash]);
        (await fixture.PodAsync(waiting.Metadata.Name)).Metadata.Labels.ShouldNotContainKey(SandboxLabels.Session);
    }

    [Fact]
    public async Task A_pool_scales_through_the_scale_subresource()
    {
        await fixture.CreateRuntimeAsync("scaled");
        await fixture.CreatePoolAsync("scaled", "scaled", replicas: 1, minReady: 3);
        var small = await fixture.ReadyPoolAsync("scaled", 1);
        small.Status!.Conditions.Find(ConditionTypes.Ready)!.Reason.ShouldBe(ConditionReasons.TooFewReady);
        await ScaleAsync("scaled", 4);
        var large = await fixture.ReadyPoolAsync("scaled", 4);
        large.Status!.Conditions.IsTrue(ConditionTypes.Ready).ShouldBeTrue();
        await ScaleAsync("scaled", 0);
        await fixture.ReadyPoolAsync("scaled", 0);
        (await fixture.PodsAsync(SandboxLabels.Pool, "scaled")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_changed_runtime_rolls_the_pool_and_spares_sessions()
    {
        await fixture.CreateRuntimeAsync("rolled");
        await fixture.CreatePoolAsync("rolled", "rolled", replicas: 4);
        await fixture.ReadyPoolAsync("rolled", 4);
        await fixture.CreateSessionAsync("rolled", "rolled");
        var claimed = (await fixture.ReadySessionAsync("rolled")).Status!.PodRef!;
        await fixture.ReadyPoolAsync("rolled", 4);
        var old = await HashesAsync("rolled");
        old.ShouldHaveSingleItem();

        await fixture.ChangeAsync<SandboxRuntime>("rolled", new { spec = new { image = "runtime:next" } });
        await Eventually.TrueAsync(
            async () => await HashesAsync("rolled") is [var hash] && hash != old[0],
            () => "all pods are of the new runtime",
            fixture.Space.Name
        );
        await fixture.ReadyPoolAsync("rolled", 4);
        (await fixture.ReadySessionAsync("rolled")).Status!.PodRef!.Uid.ShouldBe(claimed.Uid);
    }

    [Fact]
    public async Task A_pool_without_its_image_waits_instead_of_making_pods()
    {
        await fixture.CreateRuntimeAsync("no-image");
        await fixture.CreatePoolAsync("held-pool", "no-image", replicas: 2, minReady: 1);
        var pods = await Eventually.ListAsync<k8s.Models.V1Pod>(
            fixture.Space.Name,
            $"{SandboxLabels.Pool}=held-pool",
            found => found.Count == 2,
            "two pods"
        );
        foreach (var pod in pods)
        {
            await PlayedKubelet.WaitingAsync(pod, "ImagePullBackOff", "Back-off pulling image");
        }

        await Eventually.FindAsync<SandboxPool>(
            fixture.Space.Key("held-pool"),
            pool => pool.Status?.Conditions.Find(ConditionTypes.Ready)?.Reason == ConditionReasons.ImagePullFailed,
            "says that the image is missing"
        );
        var after = await fixture.PodsAsync(SandboxLabels.Pool, "held-pool");
        after.Select(pod => pod.Metadata.Uid).ShouldBe(pods.Select(pod => pod.Metadata.Uid), ignoreOrder: true);
    }

    private Task ScaleAsync(string pool, int replicas) =>
        Kubectl.RunAsync("--namespace", fixture.Space.Name, "scale", "sbp", pool, $"--replicas={replicas}");

    private async Task<List<string>> HashesAsync(string pool) =>
        [
            .. (await fixture.PodsAsync(SandboxLabels.Pool, pool))
                .Where(pod => !pod.Metadata.Labels.ContainsKey(SandboxLabels.Session))
                .Select(pod => pod.Metadata.Labels[SandboxLabels.RuntimeHash])
                .Distinct(StringComparer.Ordinal),
        ];
}
