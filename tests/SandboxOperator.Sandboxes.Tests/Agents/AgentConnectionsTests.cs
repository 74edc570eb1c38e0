using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Agents;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Agents;

public sealed class AgentConnectionsTests
{
    [Fact]
    public void They_are_closed_long_before_the_agent_s_side_leaves() =>
        (AgentConnections.Idle + TimeSpan.FromSeconds(30)).ShouldBeLessThan(AgentLocation.AttachIdle);

    [Fact]
    public async Task One_that_takes_too_long_is_a_lost_sandbox_and_not_somebody_who_gave_up()
    {
        using var connections = AgentConnections.Over(NeverAsync, TimeSpan.FromMilliseconds(200));
        using var client = new AgentClient(connections, new AgentClientOptions(), TimeProvider.System);

        await Should.ThrowAsync<SandboxLostException>(client.GetStatusAsync(CancellationToken.None));

        using var gaveUp = new CancellationTokenSource();
        await gaveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(client.GetStatusAsync(gaveUp.Token));
    }

    private static async ValueTask<Stream> NeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new InvalidOperationException("It waits for ever.");
    }
}
