using SandboxOperator.Gateway.Runs;
using SandboxOperator.Gateway.Threads;

namespace SandboxOperator.Gateway.RunLoop;

internal static class RunServices
{
    public static IServiceCollection AddRuns(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<RunLoopOptions>()
            .Bind(configuration.GetSection(RunLoopOptions.Section))
            .Validate(
                options =>
                    options is { MaxConcurrent: > 0, LifetimeSeconds: > 0, MaxTurns: > 0, PollSeconds: > 0 }
                    && options.LeaseSeconds > options.PollSeconds,
                "Runs: MaxConcurrent, LifetimeSeconds, MaxTurns and PollSeconds must be positive, LeaseSeconds more than PollSeconds."
            )
            .ValidateOnStart();
        services.AddSingleton<RunLeases>();
        services.AddSingleton<CallSender>();
        services.AddSingleton<PythonCalls>();
        services.AddSingleton<TurnFollower>();
        services.AddSingleton<TurnAsker>();
        services.AddSingleton<RunEngine>();
        services.AddSingleton<RunDispatcher>();
        services.AddSingleton<RunStarter>();
        services.AddSingleton<RunCanceller>();
        services.AddSingleton<ToolOutputs>();
        services.AddSingleton<IThreadDeleted, DeletedThreads>();
        services.AddHostedService(provider => provider.GetRequiredService<RunDispatcher>());
        return services.AddHostedService<LeaseKeeper>();
    }
}
