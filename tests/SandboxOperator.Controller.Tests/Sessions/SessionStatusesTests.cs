using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Controller.Sessions;
using SandboxOperator.Kube.Resources;
using Shouldly;
using static SandboxOperator.Controller.Tests.Sessions.TestObjects;

namespace SandboxOperator.Controller.Tests.Sessions;

public sealed class SessionStatusesTests
{
    [Fact]
    public void The_same_situation_gives_the_same_status()
    {
        var session = Session();
        session.Status = Status(session, "pod-a", Now.AddMilliseconds(300));
        session.Status.StartedAt.ShouldBe(Now.AddSeconds(1));
        session.Status.ExpiresAt.ShouldBe(Now.AddSeconds(1).AddHours(1));
        var again = Status(session, "pod-a", Now.AddMinutes(5));
        k8s.KubernetesJson.Serialize(again).ShouldBe(k8s.KubernetesJson.Serialize(session.Status));
    }

    [Fact]
    public void Another_pod_is_a_loss_only_when_code_may_have_run()
    {
        var session = Session(
            new SandboxSessionStatus
            {
                PodRef = new PodReference { Name = "a", Uid = "pod-a" },
            }
        );
        Status(session, "pod-b", Now).Replacements.ShouldBeNull();
        session = Session(Started());
        var status = Status(session, "pod-b", Now, ready: false);
        status.Replacements.ShouldBe(1);
        var ready = status.Conditions.Find(ConditionTypes.Ready)!;
        ready.Reason.ShouldBe(ConditionReasons.Replacing);
        ready.Message.ShouldBe("It was deleted; its variables and files are lost. Another one is starting.");

        session.Status = status;
        Status(session, "pod-b", Now)
            .Conditions.Find(ConditionTypes.Ready)!
            .Message.ShouldBe("Code can run. It was deleted; its variables and files are lost.");
    }

    [Fact]
    public void A_pod_that_was_used_before_it_was_seen_to_be_ready_is_a_loss()
    {
        var session = Session(
            new SandboxSessionStatus
            {
                PodRef = new PodReference { Name = "a", Uid = "pod-a" },
            }
        );
        session.Metadata.Annotations = new Dictionary<string, string>
        {
            [SandboxAnnotations.LastActivity] = "2026-03-01T12:00:00Z",
        };
        Status(session, "pod-a", Now, ready: false).Replacements.ShouldBeNull();
        var status = Status(session, "pod-b", Now, ready: false);
        status.Replacements.ShouldBe(1);
        status.Conditions.Find(ConditionTypes.Ready)!.Reason.ShouldBe(ConditionReasons.Replacing);
    }

    [Theory]
    [InlineData(false, false, ConditionReasons.AwaitingAgent)]
    [InlineData(true, false, ConditionReasons.Starting)]
    [InlineData(null, false, ConditionReasons.Starting)]
    [InlineData(true, true, ConditionReasons.NetworkPolicyNotEnforced)]
    [InlineData(false, true, ConditionReasons.Ready)]
    [InlineData(null, true, ConditionReasons.Ready)]
    public void The_agents_word_suffices_only_where_network_policies_are_known_not_to_be_required(
        bool? requires,
        bool ready,
        string reason
    )
    {
        var pod = Pod(Session(), "pod-a", ready);
        var health = PodHealth.Of(pod, TimeSpan.FromMinutes(10), Now);
        SessionStatuses.Verdict(pod, health, requires, problem: null, Now).Reason.ShouldBe(reason);
    }

    [Theory]
    [InlineData("spec.idleTimeout", "0s", null, "1h")]
    [InlineData("spec.maxLifetime", "1h", "9999h", "1h")]
    [InlineData("spec.ttlAfterExpired", "1h", null, "soon")]
    public void What_old_clusters_let_through_is_named(string field, string idle, string? lifetime, string ttl)
    {
        var spec = new SandboxSessionSpec
        {
            IdleTimeout = idle,
            MaxLifetime = lifetime,
            TtlAfterExpired = ttl,
        };
        SessionSettings.Of(Session(spec: spec)).Problem.ShouldNotBeNull().ShouldStartWith(field);
    }

    [Fact]
    public void Nonsense_in_the_annotation_is_no_activity()
    {
        var session = Session();
        session.Metadata.Annotations = new Dictionary<string, string> { [SandboxAnnotations.LastActivity] = "now" };
        SessionSettings.Of(session).ReportedActivity.ShouldBeNull();
    }

    private static SandboxSessionStatus Status(
        SandboxSession session,
        string podUid,
        DateTimeOffset now,
        bool ready = true
    )
    {
        var settings = SessionSettings.Of(session);
        var pod = Pod(session, podUid, ready);
        var plan = SessionPlan.Of(session, settings, [pod], each => each.IsLeaving(), now);
        var health = PodHealth.Of(pod, TimeSpan.FromMinutes(10), now);
        return SessionStatuses.WithPod(session, plan, pod, health, "It was deleted", now);
    }
}
