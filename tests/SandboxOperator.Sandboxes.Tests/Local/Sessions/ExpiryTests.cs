using FsCheck.Xunit;
using SandboxOperator.Sandboxes.Local.Sessions;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Local.Sessions;

public sealed class ExpiryTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_session_ends_an_hour_after_its_last_call()
    {
        Expiry.IsDue(Noon, Hour, calling: false, Noon + Hour - TimeSpan.FromTicks(1)).ShouldBeFalse();
        Expiry.IsDue(Noon, Hour, calling: false, Noon + Hour).ShouldBeTrue();
    }

    [Fact]
    public void A_call_that_runs_is_activity() =>
        Expiry.IsDue(Noon, Hour, calling: true, Noon + TimeSpan.FromDays(2)).ShouldBeFalse();

    [Property]
    public bool An_activity_in_the_future_counts_as_now(ushort minutes) =>
        Expiry.At(Noon + TimeSpan.FromMinutes(minutes), Hour, Noon) == Noon + Hour;

    [Property]
    public bool An_agent_never_ends_before_its_session_could(ushort seconds)
    {
        var idle = TimeSpan.FromSeconds(seconds + 1);
        // Claimed at the last moment, never called.
        return Expiry.OfAgent(idle) > Expiry.LongestWarm(idle) + idle;
    }
}
