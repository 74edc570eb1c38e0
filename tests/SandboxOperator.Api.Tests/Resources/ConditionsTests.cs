using SandboxOperator.Api.Resources;
using Shouldly;

namespace SandboxOperator.Api.Tests.Resources;

public sealed class ConditionsTests
{
    private static readonly DateTimeOffset Before = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Before.AddMinutes(5);

    [Fact]
    public void The_same_status_keeps_its_time()
    {
        IReadOnlyList<Condition> conditions = [Ready(ConditionStatus.True, Before)];
        var set = conditions.With(Ready(ConditionStatus.True, Now));
        set.ShouldBe(conditions);
    }

    [Fact]
    public void Another_status_has_a_new_time_and_the_order_stays()
    {
        IReadOnlyList<Condition> conditions =
        [
            Ready(ConditionStatus.False, Before),
            new() { Type = ConditionTypes.Expired, Status = ConditionStatus.False },
        ];
        var set = conditions.With(Ready(ConditionStatus.True, Now));
        set.Select(condition => condition.Type).ShouldBe([ConditionTypes.Ready, ConditionTypes.Expired]);
        set.Find(ConditionTypes.Ready)!.LastTransitionTime.ShouldBe(Now);
        set.IsTrue(ConditionTypes.Ready).ShouldBeTrue();
        conditions.IsTrue(ConditionTypes.Ready).ShouldBeFalse();
    }

    [Fact]
    public void Nothing_is_a_list_without_conditions()
    {
        IReadOnlyList<Condition>? none = null;
        none.IsTrue(ConditionTypes.Ready).ShouldBeFalse();
        none.With(Ready(ConditionStatus.True, Now)).ShouldHaveSingleItem();
    }

    private static Condition Ready(string status, DateTimeOffset at) =>
        new()
        {
            Type = ConditionTypes.Ready,
            Status = status,
            Reason = "SandboxReady",
            Message = "Code can run.",
            LastTransitionTime = at,
        };
}
