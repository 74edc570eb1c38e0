namespace SandboxOperator.Gateway.Options;

internal static class OptionServices
{
    public static IServiceCollection AddGatewayOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<ListenOptions>()
            .Bind(configuration.GetSection(ListenOptions.Section))
            .Validate(
                options => options is { MaxConnections: > 0, HeaderSeconds: > 0, MinBytesPerSecond: > 0 },
                "Listen:MaxConnections, Listen:HeaderSeconds and Listen:MinBytesPerSecond must be more than 0."
            )
            .Validate(options => options.Port is >= 0 and <= 65535, "Listen:Port (PORT) must be between 0 and 65535.")
            .ValidateOnStart();
        services.Configure<DataOptions>(configuration.GetSection(DataOptions.Section));
        services
            .AddOptions<UpstreamOptions>()
            .Bind(configuration.GetSection(UpstreamOptions.Section))
            .Validate(
                options => string.IsNullOrEmpty(options.BaseUrl) || IsHttp(options.BaseUrl),
                "Upstream:BaseUrl (OPENAI_BASE_URL) must be an http or https address such as https://host/v1."
            )
            .ValidateOnStart();
        services.Configure<FileOptions>(configuration.GetSection(FileOptions.Section));
        services.Configure<SeedOptions>(configuration.GetSection(SeedOptions.Section));
        services.Configure<CorsOptions>(configuration.GetSection(CorsOptions.Section));
        services.Configure<List<KeyOptions>>(configuration.GetSection(KeyOptions.Section));
        return services;
    }

    private static bool IsHttp(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https");
}
