using k8s.Models;
using SandboxOperator.Controller.Hosting;
using SandboxOperator.Controller.Launching;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Hosting;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Sessions;

internal static class SessionServices
{
    /// <summary>Sessions mostly wait for the API server, so there are more workers than processors.</summary>
    private const int Workers = 16;

    public static KubernetesOperatorBuilder AddSessions(this KubernetesOperatorBuilder builder)
    {
        builder.Services.AddSingleton<SandboxFinder>();
        builder.Services.AddSingleton<SessionEvents>();
        builder.Services.AddSingleton<SessionController>();
        return builder.AddController<SessionController, SandboxSession>(options =>
        {
            options.Workers = Workers;
            options
                .Owns<V1Pod>()
                .Watches<SandboxRuntime>(WaitingFor)
                .BeforeWork((services, token) => services.GetRequiredService<PodWriter>().CatchUpAsync(token));
        });
    }

    /// <summary>Sessions that a change of a runtime may help, or stop: those that do not run.</summary>
    private static IEnumerable<ObjectKey> WaitingFor(IServiceProvider services, SandboxRuntime runtime) =>
        services
            .GetRequiredService<IResourceCache<SandboxSession>>()
            .Of(runtime)
            .Where(session => session.Status?.Phase is not ("Ready" or "Expired" or "Suspended"))
            .Select(ObjectKey.Of);
}
