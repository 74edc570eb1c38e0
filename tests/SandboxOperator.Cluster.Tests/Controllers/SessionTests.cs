using System.Globalization;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>The life of sessions, against a real API server.</summary>
public sealed class SessionTests(ControllerFixture fixture) : IClassFixture<ControllerFixture>
{
    [Fact]
    public async Task Without_a_pool_a_session_gets_a_pod_of_its_own()
    {
        await fixture.CreateRuntimeAsync("cold");
        await fixture.CreateSessionAsync("cold", "cold");
        var session = await fixture.ReadySessionAsync("cold");

        session.Status!.Launch.ShouldBe(SessionLaunch.Cold);
        session.Status.StartedAt.ShouldNotBeNull();
        session.Status.ExpiresAt.ShouldBe(session.Status.LastActivityAt!.Value.AddHours(1));
        session.Status.ObservedGeneration.ShouldBe(1);
        session.Status.Conditions.IsTrue(ConditionTypes.NetworkIsolated).ShouldBeTrue();
        session.Status.Conditions.IsTrue(ConditionTypes.NetworkPolicyEnforced).ShouldBeTrue();
        var pod = await fixture.PodAsync(session.Status.PodRef!.Name);
        pod.Metadata.Uid.ShouldBe(session.Status.PodRef.Uid);
        pod.Metadata.OwnerReferences.ShouldHaveSingleItem().Uid.ShouldBe(session.Metadata.Uid);
        await fixture.EventAsync("cold", "ColdStart", pod.Metadata.Name);
    }

    [Fact]
    public async Task A_session_that_is_not_used_ends_and_its_object_goes_later()
    {
        await fixture.CreateRuntimeAsync("short");
        var spec = new SandboxSessionSpec { IdleTimeout = "2s", TtlAfterExpired = "2s" };
        var created = await fixture.CreateSessionAsync("short", "short", spec);
        var versions = await fixture.VersionsAsync(created, until: _ => false);
        var gone = TimeProvider.System.GetUtcNow();

        var pod = versions.First(each => each.Status?.Phase == SessionPhases.Ready).Status!.PodRef!;
        var ended = versions.First(each => each.Status?.Phase == SessionPhases.Expired);
        ended.Status!.Conditions.Find(ConditionTypes.Expired)!.Reason.ShouldBe(ConditionReasons.IdleTimeout);
        FixtureReason(ended).ShouldBe(ConditionReasons.Expired);
        ended.Status.EndedAt!.Value.ShouldBeGreaterThanOrEqualTo(ended.Status.StartedAt!.Value.AddSeconds(2));
        gone.ShouldBeGreaterThanOrEqualTo(ended.Status.EndedAt.Value.AddSeconds(2));
        await Eventually.GoneAsync<V1Pod>(fixture.Space.Key(pod.Name));
        await fixture.EventAsync("short", "Expired");
    }

    [Fact]
    public async Task Use_makes_a_session_live_longer_but_not_beyond_its_lifetime()
    {
        await fixture.CreateRuntimeAsync("used");
        var spec = new SandboxSessionSpec { IdleTimeout = "10m", MaxLifetime = "11m" };
        await fixture.CreateSessionAsync("used", "used", spec);
        var started = (await fixture.ReadySessionAsync("used")).Status!.StartedAt!.Value;

        await Eventually.TrueAsync(
            async () =>
            {
                await ReportAsync("used", TimeProvider.System.GetUtcNow());
                var session = await fixture.SessionAsync("used", _ => true, "exists");
                return session.Status!.LastActivityAt > started;
            },
            () => "its use is known",
            fixture.Space.Name
        );
        // A clock that is ahead counts as now.
        await ReportAsync("used", started.AddMinutes(5));
        var reported = await fixture.ReadySessionAsync("used");
        await fixture.ChangeAsync<SandboxSession>("used", new { spec = new { idleTimeout = "9m" } });
        var used = await fixture.SessionAsync(
            "used",
            each => each.Status!.ObservedGeneration == reported.Metadata.Generation + 1,
            "knows its new timeout"
        );
        used.Status!.LastActivityAt!.Value.ShouldBeLessThan(started.AddMinutes(4));
        used.Status.ExpiresAt.ShouldBe(used.Status.LastActivityAt.Value.AddMinutes(9));
        used.Status.ExpiresAt!.Value.ShouldBeLessThanOrEqualTo(started.AddMinutes(11));
    }

    [Fact]
    public async Task A_suspended_session_goes_on_without_a_pod_and_comes_back_with_another()
    {
        await fixture.CreateRuntimeAsync("suspended");
        await fixture.CreateSessionAsync("suspended", "suspended");
        var first = (await fixture.ReadySessionAsync("suspended")).Status!;

        await fixture.ChangeAsync<SandboxSession>("suspended", new { spec = new { suspend = true } });
        var suspended = await fixture.SessionAsync(
            "suspended",
            each => each.Status?.Phase == SessionPhases.Suspended,
            "is suspended"
        );
        suspended.Status!.StartedAt.ShouldBe(first.StartedAt);
        await Eventually.GoneAsync<V1Pod>(fixture.Space.Key(first.PodRef!.Name));

        await fixture.ChangeAsync<SandboxSession>("suspended", new { spec = new { suspend = false } });
        var resumed = (await fixture.ReadySessionAsync("suspended")).Status!;
        resumed.Replacements.ShouldBe(1);
        resumed.StartedAt.ShouldBe(first.StartedAt);
        resumed.PodRef!.Uid.ShouldNotBe(first.PodRef.Uid);
        resumed.Conditions.Find(ConditionTypes.Ready)!.Message.ShouldContain("lost");
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("evicted")]
    public async Task A_lost_pod_is_replaced_and_the_session_says_what_was_lost(string how)
    {
        await fixture.CreateRuntimeAsync(how);
        await fixture.CreateSessionAsync(how, how);
        var first = (await fixture.ReadySessionAsync(how)).Status!;
        var pod = await fixture.PodAsync(first.PodRef!.Name);
        if (how == "deleted")
        {
            await fixture.Space.Client.DeleteAsync<V1Pod>(ObjectKey.Of(pod), null, CancellationToken.None);
        }
        else
        {
            await PlayedKubelet.FailedAsync(pod, "Evicted", "The node was low on resource: memory.");
        }

        var replaced = await fixture.SessionAsync(
            how,
            each => each.Status is { Phase: SessionPhases.Ready, Replacements: 1 },
            "has another pod"
        );
        replaced.Status!.StartedAt.ShouldBe(first.StartedAt);
        var message = replaced.Status.Conditions.Find(ConditionTypes.Ready)!.Message;
        message.ShouldContain("variables and files are lost");
        if (how == "evicted")
        {
            message.ShouldContain("low on resource: memory");
        }

        (await fixture.PodsAsync(SandboxLabels.Session, how)).ShouldHaveSingleItem();
        await fixture.EventAsync(how, "SandboxReplaced");
    }

    [Fact]
    public async Task A_session_says_why_its_pod_cannot_start_and_starts_when_it_can()
    {
        await fixture.CreateRuntimeAsync("missing-image");
        await fixture.CreateSessionAsync("held-image", "missing-image");
        var session = await fixture.SessionAsync("held-image", each => each.Status?.PodRef is not null, "has a pod");
        var pod = await fixture.PodAsync(session.Status!.PodRef!.Name);

        await PlayedKubelet.UnschedulableAsync(pod, "0/3 nodes are available: 3 Insufficient memory.");
        (await fixture.ReasonAsync("held-image", ConditionReasons.Unschedulable)).Message.ShouldContain(
            "3 Insufficient"
        );
        await PlayedKubelet.ReadyAsync(pod, isReady: false);
        await fixture.ReasonAsync("held-image", ConditionReasons.AwaitingAgent);
        await PlayedKubelet.WaitingAsync(pod, "ErrImagePull", "manifest for runtime:test not found");
        var failed = await fixture.ReasonAsync("held-image", ConditionReasons.ImagePullFailed);
        failed.Message.ShouldContain("manifest for runtime:test not found");
        (await fixture.SessionAsync("held-image", _ => true, "")).Status!.Phase.ShouldBe(SessionPhases.Failed);

        await PlayedKubelet.ReadyAsync(pod);
        await fixture.ReadySessionAsync("held-image");
    }

    [Fact]
    public async Task A_pod_that_its_node_refuses_is_tried_again_after_a_pause()
    {
        await fixture.CreateRuntimeAsync("refused-by-node");
        await fixture.CreateSessionAsync("held-refused", "refused-by-node");
        var session = await fixture.SessionAsync("held-refused", each => each.Status?.PodRef is not null, "has a pod");
        var first = await fixture.PodAsync(session.Status!.PodRef!.Name);
        await PlayedKubelet.FailedAsync(first, "OutOfcpu", "Node didn't have enough resource: cpu");
        var reason = await fixture.ReasonAsync("held-refused", ConditionReasons.PodRejected);
        reason.Message.ShouldContain("enough resource: cpu");

        session = await fixture.SessionAsync(
            "held-refused",
            each => each.Status!.PodRef!.Uid != first.Metadata.Uid,
            "has another pod"
        );
        session.Status!.Replacements.ShouldBeNull();
        var second = await fixture.PodAsync(session.Status.PodRef!.Name);
        (
            second.Metadata.CreationTimestamp!.Value - first.Metadata.CreationTimestamp!.Value
        ).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task Without_its_runtime_a_session_waits()
    {
        await fixture.CreateSessionAsync("early", "late");
        var reason = await fixture.ReasonAsync("early", ConditionReasons.RuntimeNotFound);
        reason.Message.ShouldContain("'late'");
        await fixture.CreateRuntimeAsync("late");
        await fixture.ReadySessionAsync("early");
    }

    [Fact]
    public async Task During_an_incident_new_sessions_are_refused_and_those_that_run_go_on()
    {
        await fixture.CreateRuntimeAsync("incident");
        await fixture.CreateSessionAsync("before-incident", "incident");
        await fixture.ReadySessionAsync("before-incident");
        await fixture.ChangeAsync<SandboxRuntime>("incident", new { spec = new { acceptSessions = false } });
        // The switch holds as soon as the runtime says so: it reaches the controller on another watch than the session.
        await fixture.RuntimeReasonAsync("incident", ConditionReasons.SessionsRefused);
        await fixture.CreateSessionAsync("in-incident", "incident");
        await fixture.ReasonAsync("in-incident", ConditionReasons.SessionsRefused);

        var pod = (await fixture.ReadySessionAsync("before-incident")).Status!.PodRef!;
        await fixture.Space.Client.DeleteAsync<V1Pod>(fixture.Space.Key(pod.Name), null, CancellationToken.None);
        await fixture.SessionAsync(
            "before-incident",
            each => each.Status is { Phase: SessionPhases.Ready, Replacements: 1 },
            "goes on"
        );
        await fixture.ChangeAsync<SandboxRuntime>("incident", new { spec = new { acceptSessions = true } });
        await fixture.ReadySessionAsync("in-incident");
    }

    [Fact]
    public async Task A_bad_session_is_refused_or_says_which_field_is_wrong()
    {
        await fixture.CreateRuntimeAsync("strict");
        var spec = new SandboxSessionSpec { IdleTimeout = "999h" };
        if (await TestCluster.HasRulesAsync())
        {
            var refusal = await Should.ThrowAsync<KubeException>(() =>
                fixture.CreateSessionAsync("bad", "strict", spec)
            );
            refusal.Message.ShouldContain("idleTimeout must lie between");
            return;
        }

        await fixture.CreateSessionAsync("bad", "strict", spec);
        var reason = await fixture.ReasonAsync("bad", ConditionReasons.InvalidSpec);
        reason.Message.ShouldContain("spec.idleTimeout: '999h'");
        (await fixture.PodsAsync(SandboxLabels.Session, "bad")).ShouldBeEmpty();
        await fixture.ChangeAsync<SandboxSession>("bad", new { spec = new { idleTimeout = "1h" } });
        await fixture.ReadySessionAsync("bad");
    }

    [Fact]
    public async Task A_deleted_session_takes_its_pod_along()
    {
        await fixture.CreateRuntimeAsync("deleted-session");
        await fixture.CreateSessionAsync("deleted-session", "deleted-session");
        var pod = (await fixture.ReadySessionAsync("deleted-session")).Status!.PodRef!;
        await fixture.Space.Client.DeleteAsync<SandboxSession>(
            fixture.Space.Key("deleted-session"),
            null,
            CancellationToken.None
        );
        await Eventually.GoneAsync<V1Pod>(fixture.Space.Key(pod.Name));
    }

    private static string? FixtureReason(SandboxSession session) => ControllerFixture.Ready(session)?.Reason;

    private Task ReportAsync(string session, DateTimeOffset time) =>
        fixture.ChangeAsync<SandboxSession>(
            session,
            new
            {
                metadata = new
                {
                    annotations = new Dictionary<string, string>
                    {
                        [SandboxAnnotations.LastActivity] = time.ToString("O", CultureInfo.InvariantCulture),
                    },
                },
            }
        );
}
