using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Console.Assets;
using SandboxOperator.Gateway.Console.Costs;
using SandboxOperator.Gateway.Console.Files;
using SandboxOperator.Gateway.Console.Live;
using SandboxOperator.Gateway.Console.Playground;
using SandboxOperator.Gateway.Console.Runs;
using SandboxOperator.Gateway.Console.Sessions;
using SandboxOperator.Gateway.Console.Threads;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Console;

/// <summary>The console: pages that show what the gateway does, in the gateway itself.</summary>
internal static class ConsoleServices
{
    private const string KeyFolder = "console-keys";

    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddDataProtection().SetApplicationName("SandboxOperator");
        services
            .AddOptions<KeyManagementOptions>()
            .Configure<DataDirectory, ILoggerFactory>(
                (options, data, loggers) =>
                    options.XmlRepository = new FileSystemXmlRepository(
                        Directory.CreateDirectory(
                            Path.Combine(data.Path, KeyFolder),
                            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                        ),
                        loggers
                    )
            );
        services.AddAntiforgery(options =>
        {
            options.FormFieldName = Access.Viewer.FormTokenField;
            options.HeaderName = Access.Viewer.FormTokenHeader;
            options.SuppressXFrameOptionsHeader = true;
            options.SuppressReadingTokenFromFormBody = false;
            options.Cookie.Name = ConsoleCookie.Name + "-form";
            options.Cookie.Path = ConsoleCookie.Path;
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.TryAddSingleton<SignInLimiter>();
        return services
            .AddSingleton<ConsoleCookie>()
            .AddSingleton<ConsoleGate>()
            .AddSingleton<RunLister>()
            .AddSingleton<RunReader>()
            .AddSingleton<RunFollower>()
            .AddSingleton<ThreadReader>()
            .AddSingleton<PlaygroundReader>();
    }

    public static void MapConsole(this WebApplication app)
    {
        var console = app.MapGroup(ConsoleCookie.Path);
        // Pages of other origins have no business here, whatever the API allows them.
        console.WithMetadata(new DisableCorsAttribute());
        console.AddEndpointFilter(
            (context, next) =>
                context.HttpContext.RequestServices.GetRequiredService<ConsoleGate>().InvokeAsync(context, next)
        );
        console.MapAssets();
        console.MapSignIn();
        console.MapRunPages();
        console.MapThreadPages();
        console.MapSessionPages();
        console.MapCostPages();
        console.MapPlayground();
        console.MapConsoleFiles();
        console.MapFallback((HttpContext http) => throw ApiErrors.NotFound("page", http.Request.Path));
    }

    /// <summary>Who looks; the gate has found out.</summary>
    public static Viewer Viewer(this HttpContext http) =>
        http.Features.Get<Viewer>() ?? throw new InvalidOperationException("The console's gate has not been passed.");
}
