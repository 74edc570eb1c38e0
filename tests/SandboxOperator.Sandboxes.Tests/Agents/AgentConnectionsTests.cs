using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Agents;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Agents;

public sealed class AgentConnectionsTests
{
    [Fact]
    public void They_are_closed_long_before_the_agent_s_side_leaves() =>
        (AgentConnections.Idle + TimeSpan.FromSeconds(30)).ShouldBeLessThan(AgentLocation.AttachIdle);
}
