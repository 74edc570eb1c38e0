using SandboxOperator.Agent.Tests.Serve;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Ready;

/// <summary>The native program beside a real agent and a real kernel side.</summary>
[Trait("Category", "Slow")]
public sealed class ReadyCommandTests
{
    [Fact]
    public async Task It_ends_when_code_can_run()
    {
        await using var agent = await LaunchedAgent.StartAsync();

        (await RunAsync(agent.Socket, deadlineSeconds: 300)).ShouldBe((0, ""));

        (await agent.StatusAsync(_ => true)).Ready.ShouldBeTrue();
    }

    [Fact]
    public async Task A_Python_that_does_not_start_is_told_at_once()
    {
        await using var agent = await LaunchedAgent.StartAsync(python: "/usr/bin/false");

        var (code, errors) = await RunAsync(agent.Socket, deadlineSeconds: 3600);

        code.ShouldBe(1);
        errors.ShouldContain("ended before it was ready");
    }

    private static Task<(int Code, string Errors)> RunAsync(string socket, int deadlineSeconds) =>
        AgentProcess.RunAsync("ready", "--socket", socket, "--deadline", $"{deadlineSeconds}");
}
