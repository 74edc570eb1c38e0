using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Local;
using SandboxOperator.Sandboxes.Local.Launching;
using SandboxOperator.Testing;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Fakes;

/// <summary>A directory of its own for sandboxes, and the gateways that use it one after the other.</summary>
internal sealed class LocalMachine : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly List<LocalSandboxes> _gateways = [];

    public LocalMachine()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("sbx").FullName;
        File.SetUnixFileMode(Directory, (UnixFileMode)0b111_101_101);
    }

    public string Directory { get; }

    public SkewedTime Time { get; } = new();

    /// <summary>The ids of all processes of its sandboxes.</summary>
    public IReadOnlyList<int> Processes =>
        [
            .. ProcessTable
                .All()
                .Where(pid => !ProcessTable.IsZombie(pid))
                .Where(pid =>
                    ProcessTable
                        .Arguments(pid)
                        .Any(part => part.StartsWith($"{Directory}/s/", StringComparison.Ordinal))
                ),
        ];

    public string[] Folders => System.IO.Directory.GetDirectories($"{Directory}/s");

    /// <summary>Settings with the agent that runs nothing.</summary>
    public static LocalSandboxOptions Fake(string directory) =>
        new()
        {
            Directory = directory,
            AgentPath = Path.Combine(AppContext.BaseDirectory, "Fakes/sandbox-agent.py"),
            KernelPath = Path.Combine(AppContext.BaseDirectory, "Fakes/sandbox-agent.py"),
            PythonPath = "/usr/bin/true",
            Warm = 0,
            MaxSandboxes = 8,
            StartTimeout = TimeSpan.FromMinutes(2),
        };

    public LocalSandboxes Gateway(Action<LocalSandboxOptions>? configure = null)
    {
        var options = Fake(Directory);
        configure?.Invoke(options);
        var gateway = new LocalSandboxes(
            Options.Create(options),
            Time,
            NullLogger<LocalSandboxes>.Instance,
            new SandboxMetrics()
        );
        _gateways.Add(gateway);
        return gateway;
    }

    public static SessionKey Key(string thread, int ordinal = 1) => new("default", thread, ordinal);

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            deadline.IsCancellationRequested.ShouldBeFalse("the condition did not come true");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    public static async Task PutAsync(ISandbox sandbox, string name, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        await sandbox.PutFileAsync(name, new MemoryStream(bytes), bytes.Length, alias: null, CancellationToken.None);
    }

    public static async Task<string?> GetAsync(ISandbox sandbox, string name)
    {
        await using var file = await sandbox.OpenFileAsync(name, CancellationToken.None);
        return file is null ? null : await new StreamReader(file.Content).ReadToEndAsync();
    }

    /// <summary>Runs a call and returns what it wrote, and how it ended.</summary>
    public static async Task<(string Text, CallDone Done)> RunAsync(
        ISandbox sandbox,
        string code,
        CancellationToken cancellationToken = default
    )
    {
        var request = new CallRequest
        {
            Id = Guid.NewGuid().ToString("n"),
            Code = code,
            Incarnation = sandbox.Incarnation,
        };
        var text = new System.Text.StringBuilder();
        CallDone? done = null;
        await foreach (var next in sandbox.RunAsync(request, cancellationToken))
        {
            text.Append((next as CallOutput)?.Text ?? (next as CallError)?.Traceback);
            done = next as CallDone ?? done;
        }

        return (text.ToString(), done.ShouldNotBeNull());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            await gateway.DisposeAsync();
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
