using SandboxOperator.Sandboxes.Kubernetes;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Kubernetes;

public sealed class LiveSessionTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_session_was_last_used_at_the_end_of_its_last_call_however_late_that_is_asked()
    {
        using var session = new LiveSession("s");
        session.Begin();
        session.LastUse(Start.AddMinutes(5)).ShouldBe(Start.AddMinutes(5), "it is in use");

        session.Finish(wasCall: true, Start.AddMinutes(7));
        session.LastUse(Start.AddMinutes(60)).ShouldBe(Start.AddMinutes(7));

        session.Begin();
        session.LastUse(Start.AddMinutes(61)).ShouldBe(Start.AddMinutes(61), "it is in use again");
        session.Finish(wasCall: false, Start.AddMinutes(62));
        session.LastUse(Start.AddMinutes(63)).ShouldBe(Start.AddMinutes(7), "only calls count");
    }

    [Fact]
    public void A_report_of_the_last_use_leaves_nothing_to_report()
    {
        using var session = new LiveSession("s");
        session.Begin();
        session.Finish(wasCall: true, Start);
        session.Unreported.ShouldBeTrue();

        session.Reported(session.LastUse(Start.AddMinutes(30)));

        session.Unreported.ShouldBeFalse();
        session.ReportedAt.ShouldBe(Start);
    }
}
