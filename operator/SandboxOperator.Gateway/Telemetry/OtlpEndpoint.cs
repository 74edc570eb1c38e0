namespace SandboxOperator.Gateway.Telemetry;

/// <summary>Whether the standard settings name somebody to export spans to.</summary>
internal static class OtlpEndpoint
{
    public static bool IsSet(IConfiguration configuration) =>
        !bool.TrueString.Equals(configuration["OTEL_SDK_DISABLED"], StringComparison.OrdinalIgnoreCase)
        && !"none".Equals(configuration["OTEL_TRACES_EXPORTER"], StringComparison.OrdinalIgnoreCase)
        && !(
            string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])
            && string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"])
        );
}
