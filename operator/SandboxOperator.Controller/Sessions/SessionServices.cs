using k8s.Models;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
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
        builder.Services.AddHostedService<SessionGauges>();
        return builder.AddController<SessionController, SandboxSession>(options =>
        {
            options.Workers = Workers;
            options.TraceParent = TraceParent;
            options
                .Owns<V1Pod>()
                .Watches<SandboxRuntime>(WaitingFor)
                .BeforeWork((services, token) => services.GetRequiredService<PodWriter>().CatchUpAsync(token));
        });
    }

    /// <summary>The trace that waits for the session's sandbox. What comes after concerns nobody who waits.</summary>
    private static string? TraceParent(SandboxSession session) =>
        session.Status?.Phase is SessionPhases.Ready or SessionPhases.Expired ? null
        : session.Metadata.Annotations?.TryGetValue(SandboxAnnotations.TraceParent, out var parent) == true ? parent
        : null;

    /// <summary>
    /// Sessions that a change of a runtime may help, or stop: those that do not run. And those that run, when it learned
    /// that a policy opens its sandboxes, or does so no longer.
    /// </summary>
    private static IEnumerable<ObjectKey> WaitingFor(IServiceProvider services, SandboxRuntime runtime) =>
        services
            .GetRequiredService<IResourceCache<SandboxSession>>()
            .Of(runtime)
            .Where(session =>
                session.Status?.Phase switch
                {
                    SessionPhases.Expired or SessionPhases.Suspended => false,
                    SessionPhases.Ready => IsOpened(session.Status.Conditions) != IsOpened(runtime.Status?.Conditions),
                    _ => true,
                }
            )
            .Select(ObjectKey.Of);

    private static bool IsOpened(IReadOnlyList<Condition>? conditions) =>
        conditions.Find(ConditionTypes.NetworkPolicyEnforced)?.Reason == ConditionReasons.OpenedByPolicy;
}
