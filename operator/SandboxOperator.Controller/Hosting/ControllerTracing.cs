using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SandboxOperator.Kube;

namespace SandboxOperator.Controller.Hosting;

internal static class ControllerTracing
{
    /// <summary>
    /// The spans of reconciles, exported over OTLP when the standard <c>OTEL_</c> variables name an endpoint; else there
    /// are none.
    /// </summary>
    public static void AddTracing(this IServiceCollection services, IConfiguration configuration)
    {
        if (!IsWanted(configuration))
        {
            return;
        }

        services
            .AddOpenTelemetry()
            .ConfigureResource(resource =>
                // What the environment says comes last, and so counts.
                resource.Clear().AddService(ControllerApp.Name).AddTelemetrySdk().AddEnvironmentVariableDetector()
            )
            .WithTracing(tracing => tracing.AddSource(KubeTracing.SourceName).AddOtlpExporter());
    }

    private static bool IsWanted(IConfiguration configuration) =>
        !bool.TrueString.Equals(configuration["OTEL_SDK_DISABLED"], StringComparison.OrdinalIgnoreCase)
        && !"none".Equals(configuration["OTEL_TRACES_EXPORTER"], StringComparison.OrdinalIgnoreCase)
        && !(
            string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])
            && string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"])
        );
}
