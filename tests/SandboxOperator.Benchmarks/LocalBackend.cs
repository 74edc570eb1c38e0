using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes;
using SandboxOperator.Sandboxes.Local;
using SandboxOperator.Testing;

namespace SandboxOperator.Benchmarks;

/// <summary>Local sandboxes in this process, in a folder of their own.</summary>
internal sealed class LocalBackend : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IReadOnlyList<IHostedService> _hosted;
    private int _threads;

    private LocalBackend(ServiceProvider services, string directory)
    {
        _services = services;
        _hosted = [.. services.GetServices<IHostedService>()];
        Directory = directory;
        Sandboxes = services.GetRequiredService<ISandboxes>();
    }

    public string Directory { get; }

    public ISandboxes Sandboxes { get; }

    public static async Task<LocalBackend> StartAsync(int warm, CancellationToken cancellationToken)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("sandbox-bench-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddLocalSandboxes(options =>
        {
            options.Directory = directory;
            options.AgentPath = Path.Combine(Checkout.Root, "artifacts", "agent", "sandbox-agent");
            options.KernelPath = Path.Combine(Checkout.Root, "runtime-image", "kernel.py");
            options.Warm = warm;
        });
        var backend = new LocalBackend(services.BuildServiceProvider(), directory);
        foreach (var service in backend._hosted)
        {
            await service.StartAsync(cancellationToken);
        }

        return backend;
    }

    /// <summary>The sandbox of a thread that has none yet.</summary>
    public Task<ISandbox> OpenNewAsync(CancellationToken cancellationToken) =>
        Sandboxes.OpenAsync(
            new SessionKey("bench", $"thread_{Interlocked.Increment(ref _threads)}", 1),
            cancellationToken
        );

    /// <summary>Runs code to its end.</summary>
    /// <exception cref="InvalidOperationException">It did not end with the status that was expected.</exception>
    public static async Task CallAsync(
        ISandbox sandbox,
        string code,
        string expected,
        CancellationToken cancellationToken
    )
    {
        var request = new CallRequest
        {
            Id = $"call_{Guid.NewGuid():N}",
            Code = code,
            Incarnation = sandbox.Incarnation,
            Epoch = 1,
        };
        CallDone? done = null;
        await foreach (var happened in sandbox.RunAsync(request, cancellationToken))
        {
            done = happened as CallDone ?? done;
        }

        if (done?.Status != expected)
        {
            throw new InvalidOperationException($"A call ended with {done}, not with {expected}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _hosted.Reverse())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
