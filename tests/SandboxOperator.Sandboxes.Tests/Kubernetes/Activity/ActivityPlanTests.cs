using SandboxOperator.Sandboxes.Kubernetes.Activity;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Kubernetes.Activity;

public sealed class ActivityPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(true, false, null, true)]
    [InlineData(true, false, 29, false)]
    [InlineData(true, false, 30, true)]
    [InlineData(false, true, null, true)]
    [InlineData(false, true, 4, false)]
    [InlineData(false, true, 5, true)]
    [InlineData(false, false, null, false)]
    [InlineData(false, false, 4000, false)]
    public void A_report_is_due_every_30_seconds_in_use_and_soon_after_a_call(
        bool inUse,
        bool unreported,
        int? secondsAgo,
        bool due
    ) => ActivityPlan.IsDue(inUse, unreported, Ago(secondsAgo), Hour, Now).ShouldBe(due);

    [Fact]
    public void Reports_of_a_short_session_come_before_it_ends()
    {
        ActivityPlan.Period(TimeSpan.FromSeconds(9)).ShouldBe(TimeSpan.FromSeconds(3));
        ActivityPlan.IsDue(inUse: true, unreported: false, Ago(3), TimeSpan.FromSeconds(9), Now).ShouldBeTrue();
    }

    [Fact]
    public void A_call_waits_for_its_report_when_the_session_might_end_before_the_next()
    {
        // Two periods, and clocks that are two minutes apart.
        ActivityPlan.MustReportFirst(Now.AddSeconds(179), null, Hour, Now).ShouldBeTrue();
        ActivityPlan.MustReportFirst(Now.AddSeconds(181), null, Hour, Now).ShouldBeFalse();
        ActivityPlan.MustReportFirst(Now.AddSeconds(-5), null, Hour, Now).ShouldBeTrue();
    }

    [Fact]
    public void A_report_of_ours_counts_before_the_controller_has_told_the_new_end() =>
        ActivityPlan.MustReportFirst(Now.AddSeconds(10), Ago(1), Hour, Now).ShouldBeFalse();

    [Fact]
    public void A_session_that_has_not_started_cannot_end() =>
        ActivityPlan.MustReportFirst(null, null, Hour, Now).ShouldBeFalse();

    private static DateTimeOffset? Ago(int? seconds) => seconds is { } ago ? Now.AddSeconds(-ago) : null;
}
