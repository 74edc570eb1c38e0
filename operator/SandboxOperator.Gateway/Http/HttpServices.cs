using Microsoft.Extensions.Options;

namespace SandboxOperator.Gateway.Http;

internal static class HttpServices
{
    private static readonly string[] ExposedHeaders =
    [
        "x-request-id",
        "openai-processing-ms",
        "openai-version",
        "openai-poll-after-ms",
        "retry-after",
        "retry-after-ms",
    ];

    public static IServiceCollection AddApiHttp(this IServiceCollection services)
    {
        services.AddCors();
        services
            .AddOptions<Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions>()
            .Configure<IOptions<Options.CorsOptions>>(
                (cors, allowed) =>
                    cors.AddDefaultPolicy(policy =>
                        policy
                            .SetIsOriginAllowed(allowed.Value.Allows)
                            .AllowAnyHeader()
                            .AllowAnyMethod()
                            .WithExposedHeaders(ExposedHeaders)
                            .SetPreflightMaxAge(TimeSpan.FromHours(1))
                    )
            );
        return services.AddSingleton<ApiKeys>();
    }

    /// <summary>What every request passes, outermost first.</summary>
    public static WebApplication UseApiHttp(this WebApplication app)
    {
        app.UseMiddleware<PathMiddleware>();
        app.UseRouting();
        app.UseMiddleware<ResponseHeadersMiddleware>();
        app.UseMiddleware<HttpMetricsMiddleware>();
        app.UseCors();
        app.UseMiddleware<ErrorsMiddleware>();
        app.UseMiddleware<BrowserGuardMiddleware>();
        app.UseMiddleware<AuthenticationMiddleware>();
        app.UseMiddleware<BetaHeaderMiddleware>();
        return app;
    }
}
