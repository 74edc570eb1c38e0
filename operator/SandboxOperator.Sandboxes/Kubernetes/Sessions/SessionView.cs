using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Sandboxes.Kubernetes.Sessions;

/// <summary>What a session's object says to who wants to use it.</summary>
/// <param name="Stage">How far it is.</param>
/// <param name="Pod">
/// Its pod, when it is ready, or when it starts for the first time and lacks nothing but its agent's word that code can run.
/// </param>
/// <param name="Message">The controller's words about its readiness; may be empty.</param>
internal sealed record SessionView(SessionStage Stage, PodReference? Pod, string Message)
{
    /// <summary>
    /// Reads an object: the end counts first, then what the spec asks for, then the condition <c>Ready</c>, which is
    /// believed only when it is about the present spec.
    /// </summary>
    public static SessionView Of(SandboxSession? session)
    {
        if (session is null)
        {
            return new SessionView(SessionStage.Absent, Pod: null, "");
        }

        var (status, metadata) = (session.Status, session.Metadata);
        var ready = status?.Conditions.Find(ConditionTypes.Ready);
        var current = status?.ObservedGeneration is null || status.ObservedGeneration >= (metadata.Generation ?? 0);
        var stage = SessionStage.Starting;
        if (
            metadata.DeletionTimestamp is not null
            || status?.Phase == SessionPhases.Expired
            || status?.Conditions.IsTrue(ConditionTypes.Expired) == true
        )
        {
            stage = SessionStage.Ended;
        }
        else if (session.Spec.Suspend)
        {
            stage = SessionStage.Suspended;
        }
        else if (current && ready?.Status == ConditionStatus.True && status?.PodRef is not null)
        {
            stage = SessionStage.Ready;
        }
        else if (current && ready?.Status == ConditionStatus.False && ConditionReasons.IsFailure(ready.Reason))
        {
            stage = SessionStage.Failed;
        }

        var agentSuffices =
            stage == SessionStage.Starting
            && current
            && ready?.Reason == ConditionReasons.AwaitingAgent
            && status is { Phase: SessionPhases.Starting, StartedAt: null };
        return new SessionView(
            stage,
            stage == SessionStage.Ready || agentSuffices ? status!.PodRef : null,
            ready?.Message ?? ""
        );
    }

    /// <summary>Whether a sandbox reached through that pod is the session's no longer.</summary>
    public bool HasLeft(SandboxSession? session, string podUid) =>
        Stage is SessionStage.Absent or SessionStage.Ended or SessionStage.Suspended
        || (session?.Status?.PodRef is { } pod && !string.Equals(pod.Uid, podUid, StringComparison.Ordinal));
}
