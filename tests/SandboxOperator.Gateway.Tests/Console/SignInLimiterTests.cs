using System.Net;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Gateway.Console.Access;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class SignInLimiterTests
{
    private static readonly IPAddress Somebody = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider _time = new();
    private readonly SignInLimiter _limiter;

    public SignInLimiterTests() => _limiter = new SignInLimiter(_time);

    [Fact]
    public void Ten_wrong_keys_a_minute_are_enough_for_one_address_and_no_matter_for_others()
    {
        Fail(Somebody, 9);
        _limiter.MayTry(Somebody).ShouldBeTrue();
        Fail(Somebody, 1);

        _limiter.MayTry(Somebody).ShouldBeFalse();
        _limiter.MayTry(Somebody.MapToIPv6()).ShouldBeFalse();
        _limiter.MayTry(IPAddress.Parse("192.0.2.2")).ShouldBeTrue();
        _limiter.MayTry(null).ShouldBeTrue();
        _time.Advance(TimeSpan.FromMinutes(1));
        _limiter.MayTry(Somebody).ShouldBeTrue();
    }

    [Fact]
    public void However_many_fail_others_may_try()
    {
        for (var host = 0; host < 20_000; host++)
        {
            Fail(new IPAddress([10, 0, (byte)(host >> 8), (byte)host]), 1);
        }

        _limiter.MayTry(Somebody).ShouldBeTrue();
        Fail(Somebody, 10);
        _limiter.MayTry(Somebody).ShouldBeFalse();
    }

    [Fact]
    public void A_network_of_IPv6_counts_as_one_address()
    {
        for (var host = 1; host <= 10; host++)
        {
            Fail(IPAddress.Parse($"2001:db8:1:2::{host}"), 1);
        }

        _limiter.MayTry(IPAddress.Parse("2001:db8:1:2:ffff::1")).ShouldBeFalse();
        _limiter.MayTry(IPAddress.Parse("2001:db8:1:3::1")).ShouldBeTrue();
    }

    private void Fail(IPAddress address, int times)
    {
        for (var time = 0; time < times; time++)
        {
            _limiter.Failed(address);
        }
    }
}
