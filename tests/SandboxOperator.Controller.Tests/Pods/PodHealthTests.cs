using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Controller.Pods;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Pods;

public sealed class PodHealthTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("ErrImagePull", ConditionReasons.ImagePullFailed)]
    [InlineData("ImagePullBackOff", ConditionReasons.ImagePullFailed)]
    [InlineData("ErrImageNeverPull", ConditionReasons.ImagePullFailed)]
    [InlineData("CreateContainerError", ConditionReasons.ContainerFailed)]
    [InlineData("CrashLoopBackOff", ConditionReasons.ContainerFailed)]
    [InlineData("ContainerCreating", ConditionReasons.Starting)]
    public void A_waiting_container_says_why(string waiting, string reason)
    {
        var health = Of(
            new V1ContainerState
            {
                Waiting = new V1ContainerStateWaiting { Reason = waiting, Message = "its own\nwords" },
            }
        );
        health.Reason.ShouldBe(reason);
        if (reason != ConditionReasons.Starting)
        {
            health.Message.ShouldBe($"Container kernel: {waiting}: its own words");
        }
    }

    [Fact]
    public void What_is_wrong_with_the_kernel_comes_before_the_agent_that_waits_for_it()
    {
        var pod = Pod(Waiting("ErrImageNeverPull", "Container image \"none:dev\" is not present"));
        var agent = new V1ContainerStatus { Name = "agent", State = Waiting("PostStartHookError: no kernel", null) };
        pod.Status.ContainerStatuses = [agent, .. pod.Status.ContainerStatuses];
        var health = PodHealth.Of(pod, s_timeout, s_now);
        health.Reason.ShouldBe(ConditionReasons.ImagePullFailed);
        health.Message.ShouldContain("none:dev");

        static V1ContainerState Waiting(string reason, string? message) =>
            new()
            {
                Waiting = new V1ContainerStateWaiting { Reason = reason, Message = message },
            };
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(128, true)]
    [InlineData(137, false)]
    public void Who_gave_up_will_again_and_who_was_killed_may_not(int exitCode, bool fails)
    {
        var state = fails ? PodState.Failing : PodState.Starting;
        var end = new V1ContainerState
        {
            Terminated = new V1ContainerStateTerminated { ExitCode = exitCode, Reason = "Error" },
        };
        Of(end).State.ShouldBe(state);
        var startedAgain = new V1ContainerState { Running = new V1ContainerStateRunning() };
        PodHealth.Of(Pod(startedAgain, end), s_timeout, s_now).State.ShouldBe(state);
    }

    [Fact]
    public void A_container_that_ends_again_and_again_says_how()
    {
        var pod = Pod(
            new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = "CrashLoopBackOff" } },
            new V1ContainerState
            {
                Terminated = new V1ContainerStateTerminated
                {
                    ExitCode = 127,
                    Reason = "Error",
                    Message = "no such file: python3",
                },
            }
        );
        PodHealth
            .Of(pod, s_timeout, s_now)
            .Message.ShouldBe(
                "Container kernel: CrashLoopBackOff; it ended: Error: no such file: python3 (exit code 127)"
            );
    }

    [Fact]
    public void No_pod_may_start_for_ever()
    {
        var pod = Pod(new V1ContainerState { Running = new V1ContainerStateRunning() });
        PodHealth.Of(pod, s_timeout, s_now.AddMinutes(1)).State.ShouldBe(PodState.Starting);
        // The clock of who created it may be two minutes behind.
        PodHealth.Of(pod, s_timeout, s_now.AddMinutes(3)).State.ShouldBe(PodState.Starting);
        var late = PodHealth.Of(pod, s_timeout, s_now.AddMinutes(5));
        late.Reason.ShouldBe(ConditionReasons.ContainerFailed);
        late.Message.ShouldContain("not ready within 2m");
    }

    [Fact]
    public void Words_are_bounded()
    {
        var pod = Pod(new V1ContainerState());
        pod.Status.Phase = "Failed";
        pod.Status.Reason = "Evicted";
        pod.Status.Message = new string('x', 100_000);
        PodHealth.Of(pod, s_timeout, s_now).Message.Length.ShouldBeLessThan(2000);
    }

    private static PodHealth Of(V1ContainerState state) => PodHealth.Of(Pod(state), s_timeout, s_now);

    private static V1Pod Pod(V1ContainerState state, V1ContainerState? last = null) =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = "pod", CreationTimestamp = s_now.UtcDateTime },
            Status = new V1PodStatus
            {
                Phase = "Pending",
                ContainerStatuses =
                [
                    new V1ContainerStatus
                    {
                        Name = "kernel",
                        State = state,
                        LastState = last,
                    },
                ],
            },
        };
}
