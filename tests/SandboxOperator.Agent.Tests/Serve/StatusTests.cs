using System.Text.Json;
using SandboxOperator.Agent.Link;
using SandboxOperator.Api.Agent;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Serve;

public sealed class StatusTests : IAsyncLifetime
{
    private static readonly IsolationCheck Blocked = new("tcp", Blocked: true, "not permitted");
    private RunningAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await RunningAgent.StartAsync();

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task Who_waits_is_answered_when_code_can_run()
    {
        var waiting = AwaitAsync(10);
        using var init = await FakeInit.ConnectAsync(_agent.Options.KernelSocket, ready: false, Blocked);
        waiting.IsCompleted.ShouldBeFalse();
        init.Send(new LinkMessage.Ready());

        var status = await waiting;

        status.Ready.ShouldBeTrue(status.NotReadyReason);
        (await AwaitAsync(10)).Ready.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_waits_is_answered_when_that_will_not_be()
    {
        var waiting = AwaitAsync(10);
        var open = Blocked with { Blocked = false };
        using var init = await FakeInit.ConnectAsync(_agent.Options.KernelSocket, ready: false, open);

        (await waiting).Isolation.ShouldBe([open]);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_asked()
    {
        var status = await AwaitAsync(1);

        status.Ready.ShouldBeFalse();
        status.NotReadyReason.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("11")]
    [InlineData("99999999999")]
    public async Task A_time_that_is_none_is_refused(string seconds)
    {
        using var response = await _agent.Http.GetAsync(Address(seconds));

        await RunningAgent.ShouldFailAsync(response, 400, AgentErrorCodes.InvalidRequest);
    }

    private async Task<AgentStatus> AwaitAsync(int seconds) =>
        JsonSerializer.Deserialize(
            await _agent.Http.GetStringAsync(Address($"{seconds}")),
            AgentJson.Default.AgentStatus
        )!;

    private static Uri Address(string seconds) => new($"/status?await_ready={seconds}", UriKind.Relative);
}
