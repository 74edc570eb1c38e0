using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.Runtimes;
using SandboxOperator.Controller.UserNamespaces;
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

    private static readonly NodeAnswer Nodes = new(NodeAnswerKind.AllReport, "all report");

    [Fact]
    public void A_new_runtime_is_ready_and_untested()
    {
        var status = RuntimeStatuses.Of(Runtime(), [], lastSeen: null, openedBy: null, Nodes, Now.AddMilliseconds(7));
        Said(status, ConditionTypes.Ready).ShouldBe(("True", "Ready"));
        Said(status, ConditionTypes.NetworkPolicyEnforced).ShouldBe(("Unknown", "NotTested"));
        status.ObservedGeneration.ShouldBe(4);
        status.Conditions!.ShouldAllBe(c => c.LastTransitionTime == Now && c.ObservedGeneration == 4);
    }

    [Fact]
    public void A_bad_spec_is_said_with_its_field()
    {
        var status = RuntimeStatuses.Of(Runtime(), ["spec.limits.disk: is missing"], null, null, Nodes, Now);
        Said(status, ConditionTypes.Ready).ShouldBe(("False", "InvalidSpec"));
        status.Conditions.Find(ConditionTypes.Ready)!.Message.ShouldBe("spec.limits.disk: is missing");
    }

    [Fact]
    public void A_runtime_that_accepts_no_sessions_is_not_ready()
    {
        var status = RuntimeStatuses.Of(Runtime(accepts: false), [], null, null, Nodes, Now);
        Said(status, ConditionTypes.Ready).ShouldBe(("False", "SessionsRefused"));
    }

    [Fact]
    public void What_was_seen_is_not_forgotten_and_the_same_again_changes_nothing()
    {
        var first = RuntimeStatuses.Of(Runtime(), [], Open, null, Nodes, Now);
        Said(first, ConditionTypes.NetworkPolicyEnforced).ShouldBe(("False", "CanaryReached"));

        var later = RuntimeStatuses.Of(Runtime(first), [], lastSeen: null, null, Nodes, Now.AddHours(1));
        later.Conditions.ShouldBe(first.Conditions);
    }

    [Fact]
    public void A_policy_that_opens_sandboxes_comes_first_and_goes_again()
    {
        var opened = RuntimeStatuses.Of(Runtime(), [], lastSeen: null, "'allow' allows egress", Nodes, Now);
        Said(opened, ConditionTypes.NetworkPolicyEnforced).ShouldBe(("False", "OpenedByPolicy"));

        var closed = RuntimeStatuses.Of(Runtime(opened), [], lastSeen: null, null, Nodes, Now);
        Said(closed, ConditionTypes.NetworkPolicyEnforced).ShouldBe(("Unknown", "NotTested"));
    }

    [Fact]
    public void A_runtime_whose_requirement_the_nodes_do_not_meet_is_not_ready()
    {
        var missing = new NodeAnswer(NodeAnswerKind.OneDoesNot, "The node a does not.");
        var required = RuntimeStatuses.Of(Runtime(userNamespace: "Required"), [], null, null, missing, Now);
        Said(required, ConditionTypes.UserNamespace).ShouldBe(("False", "UserNamespacesMissing"));
        Said(required, ConditionTypes.Ready).ShouldBe(("False", "UserNamespacesMissing"));
        required.Conditions.Find(ConditionTypes.Ready)!.Message.ShouldContain("The node a does not.");

        var auto = RuntimeStatuses.Of(Runtime(), [], null, null, missing, Now);
        Said(auto, ConditionTypes.UserNamespace).ShouldBe(("False", "UserNamespacesMissing"));
        Said(auto, ConditionTypes.Ready).ShouldBe(("True", "Ready"));
    }

    [Fact]
    public void Nodes_settle_by_what_the_status_says_and_a_changed_runtime_decides_anew()
    {
        var missing = new NodeAnswer(NodeAnswerKind.OneDoesNot, "The node a does not.");
        var first = RuntimeStatuses.Of(Runtime(), [], null, null, missing, Now);
        var settling = RuntimeStatuses.Of(Runtime(first), [], null, null, Nodes, Now.AddHours(1));
        Said(settling, ConditionTypes.UserNamespace).ShouldBe(("Unknown", "Settling"));
        var again = RuntimeStatuses.Of(Runtime(settling), [], null, null, Nodes, Now.AddHours(1).AddMinutes(9));
        again.Conditions.ShouldBe(settling.Conditions);
        var settled = RuntimeStatuses.Of(Runtime(again), [], null, null, Nodes, Now.AddHours(1).AddMinutes(10));
        Said(settled, ConditionTypes.UserNamespace).ShouldBe(("True", "ReportedByNodes"));

        var changed = Runtime(first);
        changed.Metadata.Generation++;
        Said(RuntimeStatuses.Of(changed, [], null, null, Nodes, Now), ConditionTypes.UserNamespace)
            .ShouldBe(("True", "ReportedByNodes"));
    }

    private static SandboxRuntime Runtime(
        SandboxRuntimeStatus? status = null,
        bool accepts = true,
        string userNamespace = "Auto"
    ) =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = "default", Generation = 4 },
            Spec = new SandboxRuntimeSpec
            {
                AcceptSessions = accepts,
                Isolation = new RuntimeIsolation { UserNamespace = userNamespace },
            },
            Status = status,
        };

    private static (string, string) Said(SandboxRuntimeStatus status, string type) =>
        status.Conditions.Find(type) is { } found ? (found.Status, found.Reason) : default;
}
