using SandboxOperator.Sandboxes.Local;
using SandboxOperator.Sandboxes.Tests.Fakes;
using SandboxOperator.Testing;

namespace SandboxOperator.Sandboxes.Tests.Local;

/// <summary>One gateway with real sandboxes, shared by tests that take sessions of their own.</summary>
public sealed class RealMachine : IAsyncLifetime
{
    internal LocalMachine Machine { get; } = new();

    internal LocalSandboxes Gateway { get; private set; } = null!;

    internal string Agent { get; private set; } = null!;

    /// <summary>Makes settings those of real sandboxes.</summary>
    internal static void Configure(LocalSandboxOptions options, string agent)
    {
        options.AgentPath = agent;
        options.KernelPath = null;
        options.PythonPath = "/usr/bin/python3";
        options.StartTimeout = TimeSpan.FromMinutes(2);
    }

    public async ValueTask InitializeAsync()
    {
        Agent = await AgentBinary.PathAsync();
        Gateway = Machine.Gateway(options => Configure(options, Agent));
        await Gateway.StartAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => Machine.DisposeAsync();
}
