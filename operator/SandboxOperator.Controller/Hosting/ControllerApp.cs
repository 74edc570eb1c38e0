using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Prometheus;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.Launching;
using SandboxOperator.Controller.Options;
using SandboxOperator.Controller.Pods;
using SandboxOperator.Controller.Pools;
using SandboxOperator.Controller.Runtimes;
using SandboxOperator.Controller.Sessions;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Hosting;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Hosting;

/// <summary>The controller: what runs in it, and what it serves over HTTP.</summary>
internal static class ControllerApp
{
    public const string Name = "sandbox-controller";

    /// <param name="args">Settings, as <c>--Agent:Image=…</c>.</param>
    /// <param name="configure">Changes the services, for tests.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        AddLogs(builder);
        builder.Services.AddControllerOptions(builder.Configuration);
        var listen = builder.Configuration.GetSection(ListenOptions.Section).Get<ListenOptions>() ?? new();
        builder.WebHost.UseUrls($"http://{listen.Host}:{listen.Port}");
        builder.Services.AddSingleton(provider =>
        {
            var kube = provider.GetRequiredService<IOptions<KubeOptions>>().Value;
            return KubeConnection.Open(kube.Config, kube.Context);
        });
        AddControllers(builder.Services, LeaderOptions.Read(builder.Configuration));
        builder.Services.AddTracing(builder.Configuration);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.MapGet("/livez", () => "ok\n");
        app.MapGet("/readyz", Readiness);
        ControllerMetrics.Register();
        app.MapMetrics();
        return app;
    }

    /// <summary>Lines for people; <c>Logging:Console:FormatterName=json</c> for machines.</summary>
    private static void AddLogs(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        // Probes and scrapes come every few seconds.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        if (builder.Configuration["Logging:Console:FormatterName"] == ConsoleFormatterNames.Json)
        {
            builder.Logging.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "O";
            });
            return;
        }

        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
        });
    }

    private static void AddControllers(IServiceCollection services, LeaderOptions leader)
    {
        services.AddSingleton<RecipeBook>();
        services.AddSingleton<PodWriter>();
        services.AddSingleton<WarmPods>();
        services
            .AddKubernetesOperator(options =>
            {
                options.Name = Name;
                options.LeaderElection.LeaseName = Name;
                options.LeaderElection.Namespace = leader.Namespace;
                options.LeaderElection.LeaseDuration = TimeSpan.FromSeconds(leader.LeaseSeconds);
                options.LeaderElection.RenewDeadline = TimeSpan.FromSeconds(leader.LeaseSeconds * 2 / 3);
                options.LeaderElection.RetryPeriod = TimeSpan.FromSeconds(leader.LeaseSeconds * 2 / 15);
            })
            .AddSandboxCaches()
            .AddIsolation()
            .AddRuntimes()
            .AddSessions()
            .AddPools();
    }

    /// <summary>Ready to take over when elected: every cache has seen everything once.</summary>
    private static IResult Readiness(
        IResourceCache<k8s.Models.V1Pod> pods,
        IResourceCache<SandboxSession> sessions,
        IResourceCache<SandboxRuntime> runtimes,
        IResourceCache<SandboxPool> pools,
        IResourceCache<k8s.Models.V1NetworkPolicy> policies
    )
    {
        string[] missing =
        [
            .. new (string Kind, bool IsSynced)[]
            {
                ("pods", pods.IsSynced),
                ("sandboxsessions", sessions.IsSynced),
                ("sandboxruntimes", runtimes.IsSynced),
                ("sandboxpools", pools.IsSynced),
                ("networkpolicies", policies.IsSynced),
            }
                .Where(cache => !cache.IsSynced)
                .Select(cache => cache.Kind),
        ];
        return missing.Length == 0
            ? Results.Text("ok\n")
            : Results.Text($"not yet listed: {string.Join(", ", missing)}\n", statusCode: 503);
    }
}
