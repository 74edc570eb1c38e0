using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Controller.Runtimes;
using SandboxOperator.Kube.Resources;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Runtimes;

public sealed class RuntimeStatusesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Condition Open = new()
    {
        Type = ConditionTypes.NetworkPolicyEnforced,
        Status = ConditionStatus.False,
        Reason = ConditionReasons.CanaryReached,
        Message = "reached",
    };

    [Fact]
    public void A_new_runtime_is_ready_and_untested()
    {
        var status = RuntimeStatuses.Of(Runtime(), [], lastSeen: null, openedBy: null, Now.AddMilliseconds(7));
        Said(status, ConditionTypes.Ready).ShouldBe(("True", "Ready"));
        Said(status, ConditionTypes.NetworkPolicyEnforced).ShouldBe(("Unknown", "NotTested"));
        status.ObservedGeneration.ShouldBe(4);
        status.Conditions!.ShouldAllBe(c => c.LastTransitionTime == Now && c.ObservedGeneration == 4);
    }

    [Fact]
    public void A_bad_spec_is_said_with_its_field()
    {
        var status = RuntimeStatuses.Of(Runtime(), ["spec.limits.disk: is missing"], null, null, Now);
        Said(status, ConditionTypes.Ready).ShouldBe(("False", "InvalidSpec"));
        status.Conditions.Find(ConditionTypes.Ready)!.Message.ShouldBe("spec.limits.disk: is missing");
    }

    [Fact]
    public void A_runtime_that_accepts_no_sessions_is_not_ready()
    {
        var status = RuntimeStatuses.Of(Runtime(accepts: false), [], null, null, Now);
        Said(status, ConditionTypes.Ready).ShouldBe(("False", "SessionsRefused"));
    }

    [Fact]
    public void What_was_seen_is_not_forgotten_and_the_same_again_changes_nothing()
    {
        var first = RuntimeStatuses.Of(Runtime(), [], Open, null, Now);
        Said(first, ConditionTypes.NetworkPolicyEnforced).ShouldBe(("False", "CanaryReached"));

        var later = RuntimeStatuses.Of(Runtime(first), [], lastSeen: null, null, Now.AddHours(1));
        later.Conditions.ShouldBe(first.Conditions);
    }

    [Fact]
    public void A_policy_that_opens_sandboxes_comes_first_and_goes_again()
    {
        var opened = RuntimeStatuses.Of(Runtime(), [], lastSeen: null, "'allow' allows egress", Now);
        Said(opened, ConditionTypes.NetworkPolicyEnforced).ShouldBe(("False", "OpenedByPolicy"));

        var closed = RuntimeStatuses.Of(Runtime(opened), [], lastSeen: null, null, Now);
        Said(closed, ConditionTypes.NetworkPolicyEnforced).ShouldBe(("Unknown", "NotTested"));
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData("Unknown", 3)]
    [InlineData("True", 1)]
    [InlineData("False", 0)]
    public void The_next_sandbox_waits_by_what_the_one_before_has_seen(string? status, int seconds) =>
        Canary
            .Patience(status is null ? null : new Condition { Status = status })
            .ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(null, true)]
    [InlineData(59, false)]
    [InlineData(61, true)]
    public void A_sandbox_that_somebody_waits_for_tries_when_none_has_lately(int? minutesAgo, bool tries) =>
        Canary
            .IsDue(Request(session: "s", requires: false), minutesAgo is { } m ? Now.AddMinutes(-m) : null, Now)
            .ShouldBe(tries);

    [Fact]
    public void Warm_sandboxes_always_try_and_those_that_have_to_prove_it()
    {
        Canary.IsDue(Request(session: null, requires: false), Now, Now).ShouldBeTrue();
        Canary.IsDue(Request(session: "s", requires: true), Now, Now).ShouldBeTrue();
    }

    private static PodRequest Request(string? session, bool requires)
    {
        var spec = new SandboxRuntimeSpec { Isolation = new RuntimeIsolation { RequireNetworkPolicy = requires } };
        return new PodRequest
        {
            Name = "pod",
            Namespace = "sandboxes",
            Runtime = "default",
            Spec = spec,
            Size = SandboxSize.Read(spec, out _)!,
            RuntimeHash = "",
            AgentImage = "agent",
            Session = session,
        };
    }

    private static SandboxRuntime Runtime(SandboxRuntimeStatus? status = null, bool accepts = true) =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = "default", Generation = 4 },
            Spec = new SandboxRuntimeSpec { AcceptSessions = accepts },
            Status = status,
        };

    private static (string, string) Said(SandboxRuntimeStatus status, string type) =>
        status.Conditions.Find(type) is { } found ? (found.Status, found.Reason) : default;
}
