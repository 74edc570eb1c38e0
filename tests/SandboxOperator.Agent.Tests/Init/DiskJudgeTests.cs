using FsCheck;
using FsCheck.Xunit;
using SandboxOperator.Agent.Init;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

public sealed class DiskJudgeTests
{
    private const long Limit = 1000;

    [Property]
    public void Within_the_limit_nothing_happens(PositiveInt[] levels)
    {
        var judge = new DiskJudge(Limit);
        var now = TimeSpan.Zero;
        foreach (var level in levels)
        {
            now += TimeSpan.FromSeconds(1);
            judge.Judge(level.Get % (Limit + 1), level.Get % 3, now).ShouldBe(DiskAction.None);
        }
    }

    [Fact]
    public void Growing_over_the_limit_warns_once_and_kills_what_goes_on_growing()
    {
        var judge = new DiskJudge(Limit);

        judge.Judge(1100, 1, At(0)).ShouldBe(DiskAction.Warn);
        judge.Judge(1200, 1, At(0.5)).ShouldBe(DiskAction.None);
        judge.Judge(1300, 1, At(1.5)).ShouldBe(DiskAction.None);
        judge.Judge(1300, 1, At(5)).ShouldBe(DiskAction.None);
        judge.Judge(1400, 1, At(5.1)).ShouldBe(DiskAction.Kill);
    }

    [Fact]
    public void What_was_written_before_the_warning_was_read_is_not_held_against_who_stops_then()
    {
        var judge = new DiskJudge(Limit);
        judge.Judge(1100, 1, At(0)).ShouldBe(DiskAction.Warn);

        // Seen late, because looking had taken long.
        judge.Judge(1500, 1, At(4)).ShouldBe(DiskAction.None);
        judge.Judge(1500, 1, At(8)).ShouldBe(DiskAction.None);
    }

    [Fact]
    public void Staying_over_the_limit_is_no_growing()
    {
        var judge = new DiskJudge(Limit);
        judge.Judge(1100, 1, At(0)).ShouldBe(DiskAction.Warn);

        judge.Judge(1100, 1, At(5)).ShouldBe(DiskAction.None);
        judge.Judge(1100, 2, At(6)).ShouldBe(DiskAction.None);
        judge.Judge(1050, 2, At(7)).ShouldBe(DiskAction.None);
        judge.Judge(1099, 2, At(8)).ShouldBe(DiskAction.Warn);
    }

    [Fact]
    public void What_is_left_before_a_call_may_stay_unless_it_was_added_unseen_and_is_twice_the_limit()
    {
        var judge = new DiskJudge(Limit);
        judge.Judge(500, 1, At(0)).ShouldBe(DiskAction.None);
        judge.MayBeOver(500).ShouldBeFalse();
        judge.MayBeOver(501).ShouldBeTrue();

        judge.Leave(1900).ShouldBe(DiskAction.None);
        judge.Judge(1900, 2, At(1)).ShouldBe(DiskAction.None);
        judge.Leave(3000).ShouldBe(DiskAction.Kill);
        judge.Leave(3000).ShouldBe(DiskAction.None);
        judge.Judge(3000, 3, At(2)).ShouldBe(DiskAction.None);
        judge.Judge(3100, 3, At(3)).ShouldBe(DiskAction.Kill);
    }

    [Fact]
    public void Twice_the_limit_waits_for_nobody() =>
        new DiskJudge(Limit).Judge(2001, 1, At(0)).ShouldBe(DiskAction.Kill);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
