using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Runtimes;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.Pods;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Isolation;

public sealed class CanaryTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(null, 3)]
    [InlineData("Unknown", 3)]
    [InlineData("True", 1)]
    [InlineData("False", 0)]
    public void The_next_sandbox_waits_by_what_the_one_before_has_seen(string? status, int seconds) =>
        Canary
            .Patience(status is null ? null : new Condition { Status = status })
            .ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(null, true)]
    [InlineData(59, false)]
    [InlineData(61, true)]
    public void A_sandbox_that_somebody_waits_for_tries_when_none_has_lately(int? minutesAgo, bool tries) =>
        Canary
            .IsDue(Request(session: "s", requires: false), minutesAgo is { } m ? Now.AddMinutes(-m) : null, Now)
            .ShouldBe(tries);

    [Fact]
    public void Warm_sandboxes_always_try_and_those_that_have_to_prove_it()
    {
        Canary.IsDue(Request(session: null, requires: false), Now, Now).ShouldBeTrue();
        Canary.IsDue(Request(session: "s", requires: true), Now, Now).ShouldBeTrue();
    }

    private static PodRequest Request(string? session, bool requires)
    {
        var spec = new SandboxRuntimeSpec { Isolation = new RuntimeIsolation { RequireNetworkPolicy = requires } };
        return new PodRequest
        {
            Name = "pod",
            Namespace = "sandboxes",
            Runtime = "default",
            Spec = spec,
            Size = SandboxSize.Read(spec, out _)!,
            RuntimeHash = "",
            AgentImage = "agent",
            Session = session,
        };
    }
}
