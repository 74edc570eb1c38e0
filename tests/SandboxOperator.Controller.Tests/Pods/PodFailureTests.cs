using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Controller.Pods;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Pods;

/// <summary>Pods whose sandbox does not come up, with statuses as a kubelet wrote them.</summary>
public sealed class PodFailureTests
{
    private const string HookReason =
        "PostStartHookError: command '/opt/sandbox/sandbox-agent deliver' exited with 1: sandbox-agent deliver: no space left\n";

    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(HookReason)]
    [InlineData("CrashLoopBackOff")]
    public void The_kernels_last_words_come_before_what_is_wrong_with_the_agent(string waiting)
    {
        var kernel = new V1ContainerStatus
        {
            Name = PodBuilder.KernelContainer,
            State = new V1ContainerState
            {
                Terminated = new V1ContainerStateTerminated
                {
                    ExitCode = 1,
                    Reason = "Error",
                    Message = "sandbox-agent init: /opt/missing/python3 cannot be started: error 2\n",
                },
            },
        };

        var health = PodHealth.Of(Pod(Agent(waiting), kernel), TimeSpan.FromMinutes(2), Now);

        health.Reason.ShouldBe(ConditionReasons.ContainerFailed);
        health.Message.ShouldStartWith(
            "Container kernel ended: Error: sandbox-agent init: /opt/missing/python3 cannot"
        );
        health.Message.ShouldContain("exit code 1");
    }

    [Fact]
    public void Without_an_end_of_the_kernel_the_hook_says_why()
    {
        var kernel = new V1ContainerStatus { Name = PodBuilder.KernelContainer };
        var health = PodHealth.Of(Pod(Agent(HookReason), kernel), TimeSpan.FromMinutes(2), Now);
        health.Reason.ShouldBe(ConditionReasons.ContainerFailed);
        health.Message.ShouldContain("sandbox-agent deliver: no space left");
    }

    private static V1ContainerStatus Agent(string waiting) =>
        new()
        {
            Name = PodBuilder.AgentContainer,
            State = new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = waiting } },
        };

    private static V1Pod Pod(params V1ContainerStatus[] containers) =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = "pod", CreationTimestamp = Now.UtcDateTime },
            Status = new V1PodStatus { Phase = "Pending", ContainerStatuses = containers },
        };
}
