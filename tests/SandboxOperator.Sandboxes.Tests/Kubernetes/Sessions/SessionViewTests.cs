using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Resources;
using SandboxOperator.Sandboxes.Kubernetes.Sessions;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Kubernetes.Sessions;

public sealed class SessionViewTests
{
    [Fact]
    public void No_object_is_absent() => SessionView.Of(null).Stage.ShouldBe(SessionStage.Absent);

    [Fact]
    public void A_new_object_is_waited_for() => Stage(new SandboxSession()).ShouldBe(SessionStage.Starting);

    [Theory]
    [InlineData(ConditionStatus.True, ConditionReasons.Ready, SessionStage.Ready)]
    [InlineData(ConditionStatus.False, ConditionReasons.Starting, SessionStage.Starting)]
    [InlineData(ConditionStatus.False, ConditionReasons.Replacing, SessionStage.Starting)]
    [InlineData(ConditionStatus.False, ConditionReasons.Suspended, SessionStage.Starting)]
    [InlineData(ConditionStatus.False, ConditionReasons.ImagePullFailed, SessionStage.Failed)]
    [InlineData(ConditionStatus.False, ConditionReasons.Unschedulable, SessionStage.Failed)]
    [InlineData(ConditionStatus.False, ConditionReasons.SessionsRefused, SessionStage.Failed)]
    public void The_condition_says_whether_to_wait(string status, string reason, object stage) =>
        Stage(Session(status, reason)).ShouldBe((SessionStage)stage);

    [Theory]
    [InlineData(ConditionReasons.AwaitingAgent, SessionPhases.Starting, false, true)]
    [InlineData(ConditionReasons.AwaitingAgent, SessionPhases.Starting, true, false)] // its pod was up before
    [InlineData(ConditionReasons.AwaitingAgent, SessionPhases.Pending, false, false)] // the pod is an old one
    [InlineData(ConditionReasons.Starting, SessionPhases.Starting, false, false)]
    [InlineData(ConditionReasons.Replacing, SessionPhases.Starting, true, false)]
    [InlineData(ConditionReasons.ImagePullFailed, SessionPhases.Failed, false, false)]
    public void The_agents_word_suffices_for_a_first_start_that_lacks_nothing_else(
        string reason,
        string phase,
        bool hasStarted,
        bool suffices
    )
    {
        var session = Session(ConditionStatus.False, reason);
        session.Status = session.Status! with
        {
            Phase = phase,
            StartedAt = hasStarted ? DateTimeOffset.UnixEpoch : null,
        };
        SessionView.Of(session).Pod.ShouldBe(suffices ? session.Status.PodRef : null);

        session.Metadata.Generation = 3;
        SessionView.Of(session).Pod.ShouldBeNull("the condition is about an older spec");
    }

    [Fact]
    public void The_message_of_a_failure_is_the_controllers() =>
        SessionView.Of(Session(ConditionStatus.False, ConditionReasons.Unschedulable)).Message.ShouldBe("in words");

    [Fact]
    public void A_condition_about_an_older_spec_is_not_believed()
    {
        var session = Session(ConditionStatus.True, ConditionReasons.Ready);
        session.Metadata.Generation = 3;
        Stage(session).ShouldBe(SessionStage.Starting);
    }

    [Fact]
    public void Ready_without_a_pod_is_not_ready()
    {
        var session = Session(ConditionStatus.True, ConditionReasons.Ready);
        session.Status = session.Status! with { PodRef = null };
        Stage(session).ShouldBe(SessionStage.Starting);
    }

    [Fact]
    public void The_end_counts_before_anything_else()
    {
        var expired = Session(ConditionStatus.True, ConditionReasons.Ready);
        expired.Status = expired.Status! with
        {
            Conditions =
            [
                .. expired.Status.Conditions!,
                new Condition { Type = ConditionTypes.Expired, Status = ConditionStatus.True },
            ],
        };
        Stage(expired).ShouldBe(SessionStage.Ended);

        var deleted = Session(ConditionStatus.True, ConditionReasons.Ready);
        deleted.Metadata.DeletionTimestamp = DateTime.UnixEpoch;
        Stage(deleted).ShouldBe(SessionStage.Ended);
    }

    [Fact]
    public void Suspended_is_what_the_spec_says()
    {
        var session = Session(ConditionStatus.True, ConditionReasons.Ready);
        session.Spec = session.Spec with { Suspend = true };
        Stage(session).ShouldBe(SessionStage.Suspended);
    }

    [Fact]
    public void A_sandbox_is_left_when_its_pod_was_replaced_but_not_when_it_is_slow()
    {
        var slow = Session(ConditionStatus.False, ConditionReasons.Starting);
        SessionView.Of(slow).HasLeft(slow, "uid-1").ShouldBeFalse();
        SessionView.Of(slow).HasLeft(slow, "uid-0").ShouldBeTrue();
        SessionView.Of(null).HasLeft(null, "uid-1").ShouldBeTrue();
    }

    private static SessionStage Stage(SandboxSession session) => SessionView.Of(session).Stage;

    private static SandboxSession Session(string status, string reason) =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = "s", Generation = 2 },
            Status = new SandboxSessionStatus
            {
                ObservedGeneration = 2,
                PodRef = new PodReference { Name = "pod", Uid = "uid-1" },
                Conditions =
                [
                    new Condition
                    {
                        Type = ConditionTypes.Ready,
                        Status = status,
                        Reason = reason,
                        Message = "in words",
                    },
                ],
            },
        };
}
