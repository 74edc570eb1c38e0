using k8s.Models;
using SandboxOperator.Api.Agent;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.Isolation;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Isolation;

public sealed class PodIsolationTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Of_a_new_pod_nothing_is_known()
    {
        var found = PodIsolation.Of(new V1Pod(), Now);
        Said(found.NetworkIsolated).ShouldBe(("NetworkIsolated", "Unknown", "NotTested"));
        Said(found.NetworkPolicyEnforced).ShouldBe(("NetworkPolicyEnforced", "Unknown", "NotTested"));
        found.NetworkIsolated.LastTransitionTime.ShouldBe(Now);
    }

    [Theory]
    [InlineData("Enforced", "True", ConditionReasons.CanaryBlocked)]
    [InlineData("Open", "False", ConditionReasons.CanaryReached)]
    [InlineData("Unknown", "Unknown", ConditionReasons.CanaryUnclear)]
    [InlineData("whatever", "Unknown", ConditionReasons.CanaryUnclear)]
    public void What_the_canary_reports_says_whether_policies_are_enforced(string verdict, string status, string reason)
    {
        var pod = Tried($$"""{"networkPolicy":"{{verdict}}","detail":"tried 10.0.0.1:443"}""" + "\n");
        var found = PodIsolation.Of(pod, Now).NetworkPolicyEnforced;
        Said(found).ShouldBe(("NetworkPolicyEnforced", status, reason));
        found.Message.ShouldBe("tried 10.0.0.1:443");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"networkPolicy":7}""")]
    public void A_report_that_cannot_be_read_says_nothing(string message) =>
        PodIsolation.Of(Tried(message), Now).NetworkPolicyEnforced.Status.ShouldBe("Unknown");

    [Fact]
    public void A_trial_that_failed_says_nothing()
    {
        var pod = Tried("""{"networkPolicy":"Enforced","detail":""}""");
        pod.Status.InitContainerStatuses[0].State.Terminated.ExitCode = 1;
        PodIsolation.Of(pod, Now).NetworkPolicyEnforced.Status.ShouldBe("Unknown");
    }

    [Fact]
    public void A_ready_pod_has_passed_its_self_test()
    {
        var pod = new V1Pod { Status = new V1PodStatus { Conditions = [Condition("Ready", "True")] } };
        Said(PodIsolation.Of(pod, Now).NetworkIsolated).ShouldBe(("NetworkIsolated", "True", "SelfTestPassed"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Init_that_got_out_says_so_with_its_exit_code(bool startedAgain)
    {
        var end = Ended(AgentExitCodes.NotIsolated, "a way to 1.1.1.1 is open\u0007");
        var kernel = new V1ContainerStatus
        {
            Name = "kernel",
            State = startedAgain ? new V1ContainerState { Running = new() } : end,
            LastState = startedAgain ? end : null,
        };
        var pod = new V1Pod
        {
            Status = new V1PodStatus { Conditions = [Condition("Ready", "False")], ContainerStatuses = [kernel] },
        };
        var found = PodIsolation.Of(pod, Now).NetworkIsolated;
        Said(found).ShouldBe(("NetworkIsolated", "False", "NotIsolated"));
        found.Message.ShouldBe("a way to 1.1.1.1 is open");
    }

    [Fact]
    public void What_user_code_can_write_decides_nothing()
    {
        var kernel = new V1ContainerStatus { Name = "kernel", State = Ended(137, "a way is open") };
        var pod = new V1Pod { Status = new V1PodStatus { ContainerStatuses = [kernel] } };
        PodIsolation.Of(pod, Now).NetworkIsolated.Status.ShouldBe("Unknown");
    }

    [Fact]
    public void A_policy_that_opens_the_namespace_counts_for_all_its_pods()
    {
        var runtime = new SandboxRuntimeStatus
        {
            Conditions =
            [
                new Condition
                {
                    Type = ConditionTypes.NetworkPolicyEnforced,
                    Status = ConditionStatus.False,
                    Reason = ConditionReasons.OpenedByPolicy,
                    Message = "'allow' allows egress",
                },
            ],
        };
        var pod = Tried("""{"networkPolicy":"Enforced","detail":"tried"}""");
        var found = PodIsolation.Of(pod, Now, runtime).NetworkPolicyEnforced;
        Said(found).ShouldBe(("NetworkPolicyEnforced", "False", "OpenedByPolicy"));
        found.LastTransitionTime.ShouldBe(Now);
    }

    [Theory]
    [InlineData("True", ConditionReasons.CanaryBlocked)]
    [InlineData("False", ConditionReasons.CanaryReached)]
    public void What_another_sandbox_found_counts_for_those_that_have_not_tried(string status, string reason)
    {
        var runtime = Found(status, reason);
        var found = PodIsolation.Of(new V1Pod(), Now, runtime).NetworkPolicyEnforced;
        Said(found).ShouldBe(("NetworkPolicyEnforced", status, reason));
        found.Message.ShouldBe("Found by another sandbox of this namespace: tried 10.0.0.1:443");

        var own = Tried("""{"networkPolicy":"Unknown","detail":"own"}""");
        PodIsolation.Of(own, Now, runtime).NetworkPolicyEnforced.Message.ShouldBe("own");
    }

    [Fact]
    public void What_nobody_found_out_counts_for_nobody() =>
        PodIsolation
            .Of(new V1Pod(), Now, Found("Unknown", ConditionReasons.CanaryUnclear))
            .NetworkPolicyEnforced.Reason.ShouldBe(ConditionReasons.NotTested);

    [Fact]
    public void Who_has_to_prove_it_cannot_refer_to_others()
    {
        var runtime = Found("True", ConditionReasons.CanaryBlocked);
        var found = PodIsolation.Of(new V1Pod(), Now, runtime, provesItself: true).NetworkPolicyEnforced;
        Said(found).ShouldBe(("NetworkPolicyEnforced", "Unknown", "NotTested"));
    }

    private static SandboxRuntimeStatus Found(string status, string reason) =>
        new()
        {
            Conditions =
            [
                new Condition
                {
                    Type = ConditionTypes.NetworkPolicyEnforced,
                    Status = status,
                    Reason = reason,
                    Message = "tried 10.0.0.1:443",
                },
            ],
        };

    private static (string, string, string) Said(Condition found) => (found.Type, found.Status, found.Reason);

    private static V1PodCondition Condition(string type, string status) => new() { Type = type, Status = status };

    private static V1ContainerState Ended(int code, string message) =>
        new()
        {
            Terminated = new V1ContainerStateTerminated { ExitCode = code, Message = message },
        };

    private static V1Pod Tried(string message) =>
        new()
        {
            Status = new V1PodStatus
            {
                InitContainerStatuses = [new V1ContainerStatus { Name = "canary", State = Ended(0, message) }],
            },
        };
}
