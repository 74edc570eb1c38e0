namespace SandboxOperator.Controller.Options;

internal static class OptionServices
{
    public static IServiceCollection AddControllerOptions(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services
            .AddOptions<AgentOptions>()
            .Bind(configuration.GetSection(AgentOptions.Section))
            .Validate(
                options => !string.IsNullOrWhiteSpace(options.Image),
                "Agent:Image (Agent__Image) is missing: name the image of the agent, which every sandbox runs."
            )
            .Validate(
                options => options.ImagePullPolicy is "Always" or "IfNotPresent" or "Never",
                "Agent:ImagePullPolicy (Agent__ImagePullPolicy) must be Always, IfNotPresent or Never."
            )
            .ValidateOnStart();
        services
            .AddOptions<LeaderOptions>()
            .Bind(configuration.GetSection(LeaderOptions.Section))
            .Validate(
                options => options.LeaseSeconds is >= 3 and <= 3600,
                "Leader:LeaseSeconds (Leader__LeaseSeconds) must lie between 3 and 3600."
            )
            .ValidateOnStart();
        services
            .AddOptions<KubeOptions>()
            .Bind(configuration.GetSection(KubeOptions.Section))
            .Configure(options => (options.Config, options.Context) = (Given(options.Config), Given(options.Context)))
            .Validate(
                options => options.Config is null || File.Exists(options.Config),
                "Kube:Config (Kube__Config) names a file that does not exist."
            )
            .ValidateOnStart();
        services
            .AddOptions<ListenOptions>()
            .Bind(configuration.GetSection(ListenOptions.Section))
            .Validate(
                options => options.Port is >= 0 and <= 65535,
                "Listen:Port (Listen__Port) must lie between 0 and 65535."
            )
            .ValidateOnStart();
        return services;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
