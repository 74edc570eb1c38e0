using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Controller.Sessions;
using SandboxOperator.Kube.Resources;
using Shouldly;
using static SandboxOperator.Controller.Tests.Sessions.TestObjects;

namespace SandboxOperator.Controller.Tests.Sessions;

public sealed class SessionPlanTests
{
    [Fact]
    public void A_new_session_needs_a_pod() => Plan(Session()).Step.ShouldBe(SessionStep.Obtain);

    [Fact]
    public void The_pod_that_the_status_names_is_kept_and_others_go()
    {
        var session = Session(Started("pod-b"));
        var plan = Plan(session, [Pod(session, "pod-a", age: 9), Pod(session, "pod-b", ready: false)]);
        plan.Step.ShouldBe(SessionStep.Keep);
        plan.Pod!.Metadata.Uid.ShouldBe("pod-b");
        plan.Surplus.ShouldHaveSingleItem().Metadata.Uid.ShouldBe("pod-a");
    }

    [Fact]
    public void A_pod_that_leaves_is_lost()
    {
        var session = Session(Started());
        var pod = Pod(session, "pod-a");
        pod.Metadata.DeletionTimestamp = Now.UtcDateTime;
        var plan = Plan(session, [pod]);
        plan.Step.ShouldBe(SessionStep.Obtain);
        plan.Surplus.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, SessionStep.Pause)]
    [InlineData(60, SessionStep.Obtain)]
    public void A_pod_that_failed_is_replaced_but_not_in_a_hot_loop(int age, object step)
    {
        var session = Session(Started());
        var pod = Pod(session, "pod-a", ready: false, age: age);
        pod.Status.Phase = "Failed";
        var plan = Plan(session, [pod]);
        plan.Step.ShouldBe((SessionStep)step);
        plan.Surplus.Count.ShouldBe(plan.Step == SessionStep.Pause ? 0 : 1);
    }

    [Fact]
    public void A_suspended_session_gives_its_pod_up()
    {
        var session = Session(Started(), new SandboxSessionSpec { Suspend = true });
        var plan = Plan(session, [Pod(session, "pod-a")]);
        plan.Step.ShouldBe(SessionStep.Suspend);
        plan.Surplus.Count.ShouldBe(1);
    }

    [Fact]
    public void An_idle_session_ends_first_and_loses_its_pod_then()
    {
        var session = Session(Started());
        SandboxSession ended;
        var plan = Plan(session, [Pod(session, "pod-a")], Now.AddHours(1));
        plan.Step.ShouldBe(SessionStep.End);
        ended = Session(SessionStatuses.Ended(session, plan, byLifetime: false, Now.AddHours(1)));
        plan = Plan(ended, [Pod(session, "pod-a")], Now.AddHours(1));
        plan.Step.ShouldBe(SessionStep.Retain);
        plan.Surplus.Count.ShouldBe(1);
        plan.Again.ShouldBe(Now.AddHours(2));
        Plan(ended, [], Now.AddHours(2)).Step.ShouldBe(SessionStep.Remove);
    }

    [Fact]
    public void An_ended_session_stays_ended_whatever_is_reported_later()
    {
        var session = Session(Started());
        var plan = Plan(session, [], Now.AddHours(1));
        var ended = Session(SessionStatuses.Ended(session, plan, byLifetime: false, Now.AddHours(1)));
        ended.Metadata.Annotations = new Dictionary<string, string>
        {
            [SandboxAnnotations.LastActivity] = "2026-03-01T13:00:01Z",
        };
        Plan(ended, [], Now.AddHours(1).AddSeconds(2)).Step.ShouldBe(SessionStep.Retain);
    }

    [Fact]
    public void A_start_may_take_longer_than_a_session_may_be_idle()
    {
        var session = Session(spec: new SandboxSessionSpec { IdleTimeout = "1s" });
        Plan(session, [], Now.AddMinutes(10)).Step.ShouldBe(SessionStep.Obtain);
        Plan(session, [], Now.AddHours(1)).Step.ShouldBe(SessionStep.End);
    }

    [Fact]
    public void Of_pods_that_failed_in_the_same_second_all_controllers_keep_the_same()
    {
        var session = Session();
        List<V1Pod> pods = [Varied(session, 0, flag: 7), Varied(session, 1, flag: 7)];

        Plan(session, pods).Pod.ShouldBe(pods[0]);
        Plan(session, [.. Enumerable.Reverse(pods)]).Pod.ShouldBe(pods[0]);
    }

    [Property]
    public Property Whatever_pods_there_are_one_is_kept_and_all_controllers_keep_the_same() =>
        Prop.ForAll(
            Gen.ListOf(Gen.Choose(0, 31)).ToArbitrary(),
            flags =>
            {
                var session = Session(Started("pod-2"));
                var pods = flags.Take(8).Select((flag, index) => Varied(session, index, flag)).ToList();
                var plan = Plan(session, pods);
                var reversed = Plan(session, [.. Enumerable.Reverse(pods)]);
                reversed.Step.ShouldBe(plan.Step);
                reversed.Pod?.Metadata.Uid.ShouldBe(plan.Pod?.Metadata.Uid);
                if (pods.Any(pod => !pod.IsLeaving() && !pod.HasEnded()))
                {
                    plan.Step.ShouldBe(SessionStep.Keep);
                }

                plan.Surplus.ShouldNotContain(plan.Pod);
                plan.Surplus.ShouldAllBe(pod => !pod.IsLeaving());
                pods.Count(pod => !pod.IsLeaving()).ShouldBe(plan.Surplus.Count + (plan.Pod is null ? 0 : 1));
            }
        );

    private static V1Pod Varied(SandboxSession session, int index, int flag)
    {
        var pod = Pod(session, $"pod-{index}", ready: (flag & 1) == 0, age: flag);
        pod.Status.Phase = (flag & 6) == 6 ? "Failed" : pod.Status.Phase;
        pod.Metadata.DeletionTimestamp = (flag & 24) == 24 ? Now.UtcDateTime : null;
        return pod;
    }

    private static SessionPlan Plan(
        SandboxSession session,
        IReadOnlyCollection<V1Pod>? pods = null,
        DateTimeOffset? now = null
    ) => SessionPlan.Of(session, SessionSettings.Of(session), pods ?? [], pod => pod.IsLeaving(), now ?? Now);
}
