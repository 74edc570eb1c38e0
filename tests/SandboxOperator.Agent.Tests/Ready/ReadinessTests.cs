using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Agent.Ready;
using SandboxOperator.Api.Agent;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Ready;

public sealed class ReadinessTests
{
    private static readonly IsolationCheck Blocked = new("tcp", Blocked: true, "not permitted");

    private static readonly AgentStatus Starting = new()
    {
        Incarnation = "i",
        Version = "1",
        NotReadyReason = "the kernel is starting",
        KernelConnected = true,
        Isolation = [Blocked],
    };

    [Fact]
    public void It_waits_for_the_agent() => ShouldWait(AgentReadiness.Of(null), "does not answer");

    [Fact]
    public void It_waits_for_the_kernel_and_is_ready_with_it()
    {
        ShouldWait(AgentReadiness.Of(Starting), "is starting");
        AgentReadiness.Of(Starting with { Ready = true }).IsReady.ShouldBeTrue();
        AgentReadiness.Of(Starting with { RunningCall = "call" }).IsReady.ShouldBeTrue();
    }

    [Fact]
    public void It_waits_for_the_kernel_side_to_connect() =>
        ShouldWait(AgentReadiness.Of(Starting with { KernelConnected = false, Isolation = [] }), "has not connected");

    [Fact]
    public void A_kernel_side_that_was_there_and_is_gone_is_not_waited_for() =>
        ShouldFail(AgentReadiness.Of(Starting with { KernelConnected = false }), "ended before it was ready");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_way_out_is_final_even_when_a_kernel_is_up(bool connected)
    {
        var open = Starting with
        {
            Ready = true,
            KernelConnected = connected,
            Isolation = [Blocked, new("dns", Blocked: false, "a way is open")],
        };
        ShouldFail(AgentReadiness.Of(open), "dns (a way is open)");
    }

    [Fact]
    public void Nothing_tried_is_not_isolated() =>
        ShouldFail(AgentReadiness.Of(Starting with { Ready = true, Isolation = [] }), "has not tried");

    [Fact]
    public async Task At_the_deadline_it_says_what_is_missing()
    {
        var time = new FakeTimeProvider();
        var found = await ReadyCommand.WaitAsync(
            () => Starting,
            TimeSpan.FromSeconds(5),
            time,
            span =>
            {
                time.Advance(span);
                return Task.CompletedTask;
            }
        );
        ShouldWait(found, "is starting");
    }

    private static void ShouldWait(AgentReadiness found, string missing)
    {
        (found.IsReady, found.IsFinal).ShouldBe((false, false));
        found.Missing.ShouldContain(missing);
    }

    private static void ShouldFail(AgentReadiness found, string missing)
    {
        (found.IsReady, found.IsFinal).ShouldBe((false, true));
        found.Missing.ShouldContain(missing);
    }
}
