using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging.Console;
using SandboxOperator.Gateway.Assistants;
using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Console;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Forwarding;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.Messages;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.Options;
using SandboxOperator.Gateway.Organization;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Runs;
using SandboxOperator.Gateway.Seeding;
using SandboxOperator.Gateway.Sessions.Listing;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Telemetry;
using SandboxOperator.Gateway.Threads;
using SandboxOperator.Gateway.Uploads;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Hosting;

/// <summary>Puts the gateway together: one line for each concept.</summary>
internal static class GatewayApp
{
    /// <summary>The largest JSON body, in bytes. Endpoints that take files raise it for themselves.</summary>
    private const long MaxBodyBytes = 32L * 1024 * 1024;

    /// <summary>What slow callers get before their rate counts.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <param name="args">Settings, such as <c>--Listen:Port=0</c>.</param>
    /// <param name="configure">Replaces services; for tests.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        builder.Configuration.AddInMemoryCollection(EnvironmentNames.Read(Environment.GetEnvironmentVariable));
        builder.Configuration.AddCommandLine(args);
        Listen(builder);
        AddLogs(builder);
        AddServices(builder);
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseApiHttp();
        MapEndpoints(app);
        return app;
    }

    private static void AddServices(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddGatewayOptions(builder.Configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddTelemetry(builder.Configuration);
        services.AddApiHttp();
        services.AddStore();
        services.AddSandboxes(builder.Configuration);
        services.AddSandboxSessions();
        services.AddModels(builder.Configuration);
        services.AddBlobs();
        services.AddFiles();
        services.AddUploads();
        services.AddForwarding();
        services.AddHostedService<AssistantSeed>();
        services.AddLedger(builder.Configuration);
        services.AddRuns(builder.Configuration);
        services.AddHealth();
        services.AddConsole();
    }

    private static void MapEndpoints(WebApplication app)
    {
        app.MapHealth();
        app.MapModels();
        app.MapAssistants();
        app.MapThreads();
        app.MapMessages();
        app.MapRuns();
        app.MapSandboxSessions();
        app.MapOrganization();
        app.MapFiles();
        app.MapUploads();
        app.MapForwarding();
        app.MapConsole();
    }

    /// <summary>What any other source of configuration may override.</summary>
    private static readonly Dictionary<string, string?> Defaults = new(StringComparer.Ordinal)
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        // Its keys lie in the data directory, which only the gateway's user may read; it advises to encrypt them.
        ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
        ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Warning",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
        ["Logging:LogLevel:Yarp"] = "Warning",
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
    };

    /// <summary>Lines for people; <c>Logging:Console:FormatterName=json</c> for machines, with run, thread, session and trace.</summary>
    private static void AddLogs(WebApplicationBuilder builder) =>
        builder.Services.PostConfigure<JsonConsoleFormatterOptions>(json =>
        {
            json.IncludeScopes = true;
            json.UseUtcTimestamp = true;
            json.TimestampFormat ??= "O";
        });

    private static void Listen(WebApplicationBuilder builder)
    {
        var listen =
            builder.Configuration.GetSection(Options.ListenOptions.Section).Get<Options.ListenOptions>() ?? new();
        // The host's own addresses (ASPNETCORE_URLS) would come beside ours.
        builder.WebHost.UseUrls($"http://{listen.Host}:{listen.Port}");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = listen.MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(listen.HeaderSeconds);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(listen.MinBytesPerSecond, Grace);
            kestrel.Limits.MinResponseDataRate = new MinDataRate(listen.MinBytesPerSecond, Grace);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        });
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = TimeSpan.FromSeconds(listen.ShutdownSeconds);
        });
    }
}
