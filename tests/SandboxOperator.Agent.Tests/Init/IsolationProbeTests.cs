using System.Net;
using System.Net.Sockets;
using SandboxOperator.Agent.Init;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Init;

/// <summary>Without the filter, as these tests run, the probe finds ways out.</summary>
public sealed class IsolationProbeTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void An_api_server_that_answers_is_found_open(string host)
    {
        var address = IPAddress.Parse(host);
        Assert.SkipUnless(host != "::1" || Socket.OSSupportsIPv6, "no IPv6 here");
        using var server = new TcpListener(address, 0);
        server.Start();

        var checks = IsolationProbe.Run((IPEndPoint)server.LocalEndpoint);

        checks.Select(c => c.Name).ShouldBe(["tcp", "udp", "ipv6", "dns", "metadata", "api-server", "netlink"]);
        checks.Single(check => check.Name == "api-server").Blocked.ShouldBeFalse();
        IsolationProbe.Refusal(checks)!.ShouldContain($"api-server (a way to {host} is open)");
    }

    [Fact]
    public void Where_everything_is_blocked_nothing_is_refused() =>
        IsolationProbe.Refusal([new("tcp", Blocked: true, "socket: not permitted")]).ShouldBeNull();
}
