using FsCheck.Xunit;
using SandboxOperator.Gateway.RunLoop;

namespace SandboxOperator.Gateway.Tests.RunLoop;

public sealed class RunStatusesTests
{
    private static readonly string[] All =
    [
        .. RunStatuses.Active.Concat(RunStatuses.Terminal).Order(StringComparer.Ordinal),
    ];

    [Property]
    public void A_run_that_has_ended_stays_as_it_is_and_one_that_has_not_can_end(int[] choices)
    {
        var status = RunStatuses.Queued;
        foreach (var choice in choices)
        {
            var next = All[(int)((uint)choice % All.Length)];
            if (RunStatuses.Allows(status, next))
            {
                RunStatuses.Terminal.ShouldNotContain(status);
                status = next;
            }
        }

        All.Any(next => RunStatuses.Allows(status, next) && RunStatuses.Terminal.Contains(next))
            .ShouldBe(RunStatuses.Active.Contains(status));
    }

    [Theory]
    [InlineData("queued", "completed")]
    [InlineData("requires_action", "in_progress")]
    [InlineData("cancelling", "in_progress")]
    [InlineData("cancelling", "requires_action")]
    [InlineData("completed", "completed")]
    public void Short_cuts_are_refused(string from, string to) => RunStatuses.Allows(from, to).ShouldBeFalse();

    [Theory]
    [InlineData("queued", "in_progress")]
    [InlineData("in_progress", "requires_action")]
    [InlineData("requires_action", "queued")]
    [InlineData("in_progress", "completed")]
    [InlineData("requires_action", "expired")]
    [InlineData("cancelling", "cancelled")]
    public void The_ways_of_the_api_are_open(string from, string to) => RunStatuses.Allows(from, to).ShouldBeTrue();
}
