using FsCheck.Xunit;
using SandboxOperator.Sandboxes.Kubernetes;
using SandboxOperator.Sandboxes.Kubernetes.Admission;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Kubernetes.Admission;

public sealed class AdmissionPlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly AdmissionPlan Plan = new(Sessions: 3, SessionsPerProject: 2);
    private static readonly ThreadOwner Asking = new("p", "new");

    [Fact]
    public void There_is_room_below_the_limits() =>
        Plan.Decide(Asking, [Idle("p", "a", 1), Idle("q", "b", 9)], []).ShouldBe(AdmissionDecision.Admit);

    [Fact]
    public void A_thread_with_a_sandbox_or_a_slot_needs_no_more()
    {
        Plan.Decide(Asking, [Idle("p", "new", 0), Idle("p", "a", 0), Idle("q", "b", 0)], [])
            .ShouldBe(AdmissionDecision.Admit);
        Plan.Decide(Asking, [Busy("p", "a"), Busy("q", "b")], [Asking]).ShouldBe(AdmissionDecision.Admit);
    }

    [Fact]
    public void A_full_project_makes_room_among_its_own() =>
        Plan.Decide(Asking, [Idle("p", "a", 1), Idle("p", "b", 5), Idle("q", "c", 60)], [])
            .ShouldBe(AdmissionDecision.After("s-b"));

    [Fact]
    public void A_full_project_whose_sessions_are_all_in_use_refuses() =>
        Plan.Decide(Asking, [Busy("p", "a"), Busy("p", "b")], [])
            .ShouldBe(AdmissionDecision.Refuse(nameof(KubernetesSandboxOptions.SessionsPerProject)));

    [Fact]
    public void Without_a_limit_of_projects_what_is_full_is_called_by_its_name() =>
        new AdmissionPlan(Sessions: 2, SessionsPerProject: null)
            .Decide(Asking, [Busy("p", "a"), Busy("p", "b")], [])
            .ShouldBe(AdmissionDecision.Refuse(nameof(KubernetesSandboxOptions.Sessions)));

    [Fact]
    public void When_all_is_full_the_longest_idle_of_all_gives_way() =>
        Plan.Decide(Asking, [Idle("q", "a", 3), Idle("q", "b", 7), Idle("p", "c", 5)], [])
            .ShouldBe(AdmissionDecision.After("s-b"));

    [Fact]
    public void Neither_the_active_nor_holders_of_slots_give_way() =>
        Plan.Decide(Asking, [Idle("q", "a", 9), Busy("q", "b"), Idle("r", "c", 1)], [new("q", "a")])
            .ShouldBe(AdmissionDecision.After("s-c"));

    [Fact]
    public void A_slot_without_a_sandbox_takes_room() =>
        Plan.Decide(Asking, [Busy("q", "a"), Busy("q", "b")], [new("r", "c")])
            .ShouldBe(AdmissionDecision.Refuse(nameof(KubernetesSandboxOptions.Sessions)));

    [Theory]
    [InlineData(59, null, true)]
    [InlineData(61, null, false)]
    [InlineData(10, 10, false)]
    [InlineData(10, 40, true)]
    [InlineData(10, 5, false)]
    [InlineData(-120, null, true)]
    [InlineData(-100_000_000, null, false)]
    public void Lately_used_is_used_elsewhere_unless_it_was_here(int lastSeconds, int? ownSeconds, bool expected) =>
        AdmissionPlan
            .IsUsedElsewhere(Noon.AddSeconds(-lastSeconds), ownSeconds is { } own ? Noon.AddSeconds(-own) : null, Noon)
            .ShouldBe(expected);

    [Property]
    public void Whoever_gives_way_is_idle_and_there_is_always_an_answer(byte[] threads, byte[] slots)
    {
        var occupants = threads
            .Distinct()
            .Select(each => each % 2 == 0 ? Idle($"p{each % 3}", $"{each}", each) : Busy($"p{each % 3}", $"{each}"))
            .ToList();
        var held = slots.Distinct().Select(each => new ThreadOwner($"p{each % 3}", $"{each}")).ToList();
        var decision = new AdmissionPlan(5, 3).Decide(new ThreadOwner("p0", "asking"), occupants, held);
        if (decision.Suspend is { } name)
        {
            decision.FullSetting.ShouldBeNull();
            var leaving = occupants.Single(occupant => occupant.Session == name);
            leaving.Active.ShouldBeFalse();
            held.ShouldNotContain(leaving.Thread);
        }
    }

    private static Occupant Idle(string project, string thread, int minutes) =>
        new($"s-{thread}", new ThreadOwner(project, thread), Noon.AddMinutes(-minutes), Active: false);

    private static Occupant Busy(string project, string thread) => Idle(project, thread, 90) with { Active = true };
}
