using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Runs;

/// <summary>A gateway with an assistant, a thread without runs, and a run that waits for an output.</summary>
public sealed class ValidationFixture : IAsyncLifetime
{
    internal RunFixture Fixture { get; private set; } = null!;

    /// <summary>Has the code interpreter only.</summary>
    internal string Assistant { get; private set; } = "";

    /// <summary>A thread that has no runs.</summary>
    internal string Thread { get; private set; } = "";

    /// <summary>The path of a run that waits.</summary>
    internal string Waiting { get; private set; } = "";

    /// <summary>The call that the run waits for.</summary>
    internal string Call { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Fixture = await RunFixture.StartAsync();
        Fixture.Upstream.Enqueue(ScriptedTurn.Function("weather", new JsonObject()));
        Assistant = await Fixture.AssistantAsync();
        Thread = await Fixture.ThreadAsync();
        var busy = await Fixture.ThreadAsync();
        var run = await Fixture.CompleteAsync(
            busy,
            await Fixture.AssistantAsync("""[{"type":"function","function":{"name":"weather"}}]""")
        );
        Waiting = $"/v1/threads/{busy}/runs/{run["id"]}";
        Call = (string)run["required_action"]!["submit_tool_outputs"]!["tool_calls"]![0]!["id"]!;
    }

    public async ValueTask DisposeAsync() => await Fixture.DisposeAsync();
}
