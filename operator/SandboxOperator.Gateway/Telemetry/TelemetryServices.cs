using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace SandboxOperator.Gateway.Telemetry;

internal static class TelemetryServices
{
    private const string ServiceName = "sandbox-gateway";

    /// <summary>
    /// Spans, and what goes into them. They are exported over OTLP when the standard variables name an endpoint, which
    /// also say how they are sampled, batched and labelled; else there are none.
    /// </summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<TelemetryOptions>()
            .Bind(configuration.GetSection(TelemetryOptions.Section))
            .PostConfigure(options => options.CaptureContent ??= IsLocal(configuration))
            .Validate(
                options => options.MaxContentChars is >= 64 and <= 1024 * 1024,
                "Telemetry:MaxContentChars must be between 64 and 1048576."
            )
            .ValidateOnStart();
        services
            .AddOptions<RedactionOptions>()
            .Bind(configuration.GetSection(RedactionOptions.Section))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<RedactionOptions>, RedactionOptionsValidator>();
        services.AddSingleton<Redactor>();
        services.AddSingleton<ContentCapture>();
        services.AddSingleton<RunSpans>();
        services.AddHostedService<SessionCounter>();
        if (configuration.GetValue<bool>($"{RedactionOptions.Section}:{nameof(RedactionOptions.Store)}"))
        {
            services.AddSingleton<IInterceptor, RedactingWrites>();
        }

        if (OtlpEndpoint.IsSet(configuration))
        {
            services
                .AddOpenTelemetry()
                .ConfigureResource(resource =>
                    // What the environment says comes last, and so counts.
                    resource.Clear().AddService(ServiceName).AddTelemetrySdk().AddEnvironmentVariableDetector()
                )
                .WithTracing(tracing => tracing.AddSource(RunSpans.SourceName).AddOtlpExporter());
        }

        return services;
    }

    /// <summary>On one machine, whose owner sees it all anyway, content is captured unless somebody says no.</summary>
    private static bool IsLocal(IConfiguration configuration) =>
        configuration["Sandbox:Backend"] is null or "" or "local";
}
