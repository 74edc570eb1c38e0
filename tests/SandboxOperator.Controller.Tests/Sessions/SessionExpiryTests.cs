using FsCheck.Xunit;
using SandboxOperator.Controller.Sessions;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Sessions;

public sealed class SessionExpiryTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public void A_session_that_nobody_reported_ends_an_hour_after_its_start()
    {
        At(s_start + TimeSpan.FromMinutes(59)).IsExpired.ShouldBeFalse();
        At(s_start + s_hour).IsExpired.ShouldBeTrue();

        static SessionExpiry At(DateTimeOffset now) => SessionExpiry.Of(s_start, null, null, s_hour, null, now);
    }

    [Fact]
    public void A_gateway_whose_clock_is_ahead_gives_no_extra_time()
    {
        var now = s_start + TimeSpan.FromMinutes(10);
        var expiry = SessionExpiry.Of(s_start, now + TimeSpan.FromMinutes(2), null, s_hour, null, now);
        expiry.LastActivityAt.ShouldBe(now);
        expiry.ExpiresAt.ShouldBe(now + s_hour);
    }

    [Fact]
    public void A_session_in_use_ends_at_its_maximal_lifetime()
    {
        var now = s_start + TimeSpan.FromHours(8);
        var expiry = SessionExpiry.Of(s_start, now, null, s_hour, TimeSpan.FromHours(8), now);
        expiry.ExpiresAt.ShouldBe(s_start + TimeSpan.FromHours(8));
        expiry.IsExpired.ShouldBeTrue();
    }

    [Property]
    public void Activity_never_goes_back_and_never_lies_ahead(int? reported, int? known, ushort age)
    {
        var now = s_start + TimeSpan.FromSeconds(age);
        var status = known is { } k
            ? s_start + TimeSpan.FromSeconds(Math.Abs(k % 70000L) % (age + 1))
            : (DateTimeOffset?)null;
        var annotation = reported is { } r ? now + TimeSpan.FromSeconds(r % 100000) : (DateTimeOffset?)null;
        var expiry = SessionExpiry.Of(s_start, annotation, status, s_hour, null, now);
        expiry.LastActivityAt.ShouldBeInRange(status > s_start ? status.Value : s_start, now);
        expiry.ExpiresAt.ShouldBe(expiry.LastActivityAt + s_hour);
        expiry.IsExpired.ShouldBe(now - expiry.LastActivityAt >= s_hour);
    }
}
