using FsCheck.Xunit;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.UserNamespaces;
using Shouldly;

namespace SandboxOperator.Controller.Tests.UserNamespaces;

public sealed class UserNamespaceVerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan Settling = UserNamespaceVerdict.SettlingTime;

    [Theory]
    [InlineData("Auto", "AllReport", "True", "ReportedByNodes")]
    [InlineData("Auto", "OneDoesNot", "False", "UserNamespacesMissing")]
    [InlineData("Auto", "NoNode", "Unknown", "NoNodes")]
    [InlineData("Auto", "Unread", "Unknown", "NodesUnread")]
    [InlineData("Required", "AllReport", "True", "ReportedByNodes")]
    [InlineData("Required", "OneDoesNot", "False", "UserNamespacesMissing")]
    [InlineData("Required", "NoNode", "Unknown", "NoNodes")]
    [InlineData("Required", "Unread", "Unknown", "NodesUnread")]
    public void The_first_answer_counts_at_once(string setting, string answer, string status, string reason)
    {
        var found = Decide(setting, Enum.Parse<NodeAnswerKind>(answer), null, Now);
        (found.Status, found.Reason).ShouldBe((status, reason));
    }

    [Fact]
    public void Off_asks_nobody()
    {
        var found = UserNamespaceVerdict.Of(UserNamespaceSettings.Off, null, null, Now);
        (found.Status, found.Reason).ShouldBe(("False", "SwitchedOff"));
    }

    [Fact]
    public void After_a_node_without_them_all_must_report_for_a_while()
    {
        var known = Decide("Auto", NodeAnswerKind.OneDoesNot, null, Now);
        known = Decide("Auto", NodeAnswerKind.AllReport, known, Now.AddMinutes(5));
        known.Reason.ShouldBe(ConditionReasons.Settling);

        // Once more a node without: the time begins anew.
        known = Decide("Auto", NodeAnswerKind.OneDoesNot, known, Now.AddMinutes(10));
        known = Decide("Auto", NodeAnswerKind.AllReport, known, Now.AddMinutes(15));
        known = Decide("Auto", NodeAnswerKind.AllReport, known, Now.AddMinutes(24));
        known.Reason.ShouldBe(ConditionReasons.Settling);
        known = Decide("Auto", NodeAnswerKind.NoNode, known, Now.AddMinutes(24.5));
        known = Decide("Auto", NodeAnswerKind.AllReport, known, Now.AddMinutes(25));
        known.Status.ShouldBe(ConditionStatus.True);
    }

    [Fact]
    public void A_requirement_that_is_met_again_makes_nobody_wait()
    {
        var known = Decide("Required", NodeAnswerKind.OneDoesNot, null, Now);
        Decide("Required", NodeAnswerKind.AllReport, known, Now).Status.ShouldBe(ConditionStatus.True);
    }

    [Theory]
    [InlineData("Auto")]
    [InlineData("Required")]
    public void What_was_decided_stays_while_nobody_answers(string setting)
    {
        foreach (var before in new[] { NodeAnswerKind.AllReport, NodeAnswerKind.OneDoesNot })
        {
            var known = Decide(setting, before, null, Now);
            Decide(setting, NodeAnswerKind.Unread, known, Now.AddHours(1)).ShouldBe(known);
        }
    }

    [Fact]
    public void Pods_that_wait_for_a_new_node_are_not_refused_because_of_the_old_ones()
    {
        var refused = Decide("Required", NodeAnswerKind.OneDoesNot, null, Now);
        UserNamespaceUse.Refuses(refused).ShouldBeTrue();
        UserNamespaceUse.Refuses(Decide("Required", NodeAnswerKind.NoNode, refused, Now)).ShouldBeFalse();
        var unread = Decide("Required", NodeAnswerKind.Unread, null, Now);
        UserNamespaceUse.Refuses(unread).ShouldBeTrue();
        UserNamespaceUse.Refuses(Decide("Required", NodeAnswerKind.NoNode, unread, Now)).ShouldBeFalse();
    }

    /// <summary>However nodes come and go, pods without are replaced at most once in the time of settling.</summary>
    [Property]
    public void Nodes_that_come_and_go_replace_warm_pods_rarely(byte[] steps)
    {
        var now = Now;
        var known = Decide("Auto", NodeAnswerKind.AllReport, null, now);
        var lastGiven = now;
        foreach (var step in steps)
        {
            now = now.AddMinutes(step / 16);
            var before = known;
            known = Decide("Auto", (NodeAnswerKind)(step % 4), known, now);
            if (IsGiven(known) && !IsGiven(before))
            {
                (now - lastGiven).ShouldBeGreaterThanOrEqualTo(Settling);
            }

            lastGiven = IsGiven(known) ? now : lastGiven;
        }
    }

    private static bool IsGiven(Condition condition) => condition.Status == ConditionStatus.True;

    private static Condition Decide(string setting, NodeAnswerKind kind, Condition? known, DateTimeOffset now)
    {
        var found = UserNamespaceVerdict.Of(setting, new NodeAnswer(kind, "said"), known, now);
        // As it is stored: the time of transition moves with the status only.
        return ((IReadOnlyList<Condition>?)(known is null ? null : [known]))
            .With(found with { LastTransitionTime = now })
            .Single();
    }
}
