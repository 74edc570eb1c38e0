using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Caching;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Sessions;

/// <summary>Counts the sessions there are, every few seconds: changes alone would not tell of those before this process.</summary>
internal sealed class SessionGauges(IResourceCache<SandboxSession> sessions, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);
    private static readonly string[] Phases =
    [
        SessionPhases.Pending,
        SessionPhases.Starting,
        SessionPhases.Ready,
        SessionPhases.Suspended,
        SessionPhases.Failed,
    ];
    private static readonly string[] Conditions =
    [
        ConditionTypes.NetworkIsolated,
        ConditionTypes.NetworkPolicyEnforced,
    ];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        do
        {
            Count();
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Count()
    {
        var all = sessions.List();
        foreach (var phase in Phases)
        {
            var count = all.Count(session => (session.Status?.Phase ?? SessionPhases.Pending) == phase);
            SessionMetrics.Active.WithLabels(phase).Set(count);
        }

        foreach (var condition in Conditions)
        {
            var count = all.Count(session =>
                session.Status is { Phase: SessionPhases.Ready } status
                && status.Conditions.Find(condition)?.Status != ConditionStatus.True
            );
            SessionMetrics.Unverified.WithLabels(condition).Set(count);
        }
    }
}
