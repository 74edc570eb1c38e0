using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Controller.Hosting;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>The controller, in this process: everything but the program around it.</summary>
internal sealed class RunningController : IAsyncDisposable
{
    /// <summary>Made up: nobody pulls it.</summary>
    public const string AgentImage = "sandbox-agent:test";

    private readonly WebApplication _app;

    private RunningController(WebApplication app) => _app = app;

    /// <param name="space">The namespace of its lease.</param>
    /// <param name="kubeconfig">Another way to the API server.</param>
    /// <param name="configure">Changes the services.</param>
    public static async Task<RunningController> StartAsync(
        ClusterNamespace space,
        string? kubeconfig = null,
        Action<IServiceCollection>? configure = null
    )
    {
        var app = ControllerApp.Build(
            Settings(space, kubeconfig),
            services =>
            {
                services.AddLogging(log =>
                    log.ClearProviders().AddProvider(new RecentLog()).SetMinimumLevel(LogLevel.Debug)
                );
                configure?.Invoke(services);
            }
        );
        await app.StartAsync();
        return new RunningController(app);
    }

    /// <summary>Leases in the namespace of the test and short, so that a test does not wait for those before it.</summary>
    public static string[] Settings(ClusterNamespace space, string? kubeconfig = null) =>
        [
            $"--Kube:Config={kubeconfig ?? space.Kubeconfig}",
            $"--Agent:Image={AgentImage}",
            $"--Leader:Namespace={space.Name}",
            "--Leader:LeaseSeconds=3",
            "--Listen:Host=127.0.0.1",
            "--Listen:Port=0",
        ];

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
