using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Cluster.Tests.Sandboxes;

/// <summary>Writes statuses as the controller would.</summary>
internal static class PlayedController
{
    private const string Writer = "played-controller";

    public static async Task<SandboxSession> ReadyAsync(
        this ClusterNamespace space,
        string name,
        string pod = "pod",
        DateTimeOffset? expiresAt = null
    )
    {
        var session = await Eventually.FindAsync<SandboxSession>(space.Key(name), _ => true, "exists");
        var now = TimeProvider.System.GetUtcNow();
        return await space.WriteAsync(
            session,
            Status(session, ConditionStatus.True, ConditionReasons.Ready, "code can run") with
            {
                Phase = SessionPhases.Ready,
                PodRef = new PodReference { Name = pod, Uid = $"uid-{pod}" },
                StartedAt = now,
                ExpiresAt = expiresAt ?? now.AddHours(1),
                Launch = SessionLaunch.Warm,
            }
        );
    }

    public static async Task FailAsync(this ClusterNamespace space, string name, string reason, string message)
    {
        var session = await Eventually.FindAsync<SandboxSession>(space.Key(name), _ => true, "exists");
        await space.WriteAsync(session, Status(session, ConditionStatus.False, reason, message));
    }

    public static async Task ExpireAsync(this ClusterNamespace space, string name)
    {
        var session = await Eventually.FindAsync<SandboxSession>(space.Key(name), _ => true, "exists");
        var status = session.Status ?? new SandboxSessionStatus();
        await space.WriteAsync(
            session,
            status with
            {
                Phase = SessionPhases.Expired,
                Conditions = status.Conditions.With(
                    Condition(ConditionTypes.Expired, ConditionStatus.True, ConditionReasons.IdleTimeout, "idle")
                ),
            }
        );
    }

    private static Task<SandboxSession> WriteAsync(
        this ClusterNamespace space,
        SandboxSession session,
        SandboxSessionStatus status
    ) => space.Client.ApplyStatusAsync(session, status, Writer, unchanged: false, CancellationToken.None);

    private static SandboxSessionStatus Status(SandboxSession session, string ready, string reason, string message) =>
        new()
        {
            ObservedGeneration = session.Metadata.Generation,
            Conditions = [Condition(ConditionTypes.Ready, ready, reason, message)],
        };

    private static Condition Condition(string type, string status, string reason, string message) =>
        new()
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastTransitionTime = TimeProvider.System.GetUtcNow(),
        };
}
