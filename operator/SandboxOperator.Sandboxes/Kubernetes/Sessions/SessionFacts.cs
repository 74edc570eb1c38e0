using System.Globalization;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Schema;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Sandboxes.Kubernetes.Sessions;

/// <summary>Reads facts from a session's object.</summary>
internal static class SessionFacts
{
    private static readonly TimeSpan DefaultIdle = TimeSpan.FromHours(1);

    /// <summary>The session that the object stands for. Objects made by hand keep their name.</summary>
    public static SessionKey Key(this SandboxSession session)
    {
        var (name, thread) = (session.Metadata.Name, session.Spec.ThreadId ?? "");
        var digits = name[(name.LastIndexOf('-') + 1)..];
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) && ordinal > 0)
        {
            var derived = new SessionKey(session.Spec.Project, thread, ordinal);
            if (string.Equals(derived.Name, name, StringComparison.Ordinal))
            {
                return derived;
            }
        }

        return new SessionKey(session.Spec.Project, thread, 1) { Given = name };
    }

    /// <summary>Whether the object is of the key's project and thread, or of no thread yet.</summary>
    public static bool MayServe(this SandboxSession session, SessionKey key) =>
        string.Equals(session.Spec.Project, key.Project, StringComparison.Ordinal)
        && (
            string.IsNullOrEmpty(session.Spec.ThreadId)
            || string.Equals(session.Spec.ThreadId, key.ThreadId, StringComparison.Ordinal)
        );

    /// <summary>The time of the last activity that was reported, if the annotation can be read.</summary>
    public static DateTimeOffset? Reported(this SandboxSession session) =>
        session.Metadata.Annotations is { } annotations
        && annotations.TryGetValue(SandboxAnnotations.LastActivity, out var text)
        && DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;

    /// <summary>When the object was made.</summary>
    public static DateTimeOffset CreatedAt(this SandboxSession session) =>
        session.Metadata.CreationTimestamp is { } created
            ? new DateTimeOffset(DateTime.SpecifyKind(created, DateTimeKind.Utc))
            : DateTimeOffset.UnixEpoch;

    /// <summary>The newest sign of life.</summary>
    public static DateTimeOffset LastActivityAt(this SandboxSession session) =>
        new[] { session.Reported(), session.Status?.LastActivityAt, session.Status?.StartedAt, session.CreatedAt() }
            .OfType<DateTimeOffset>()
            .Max();

    /// <summary>
    /// The last use that anybody reported, else the newest sign of life. The status tells of the same use, but in whole
    /// seconds, rounded up: compared with what a replica knows of its own use, it would look like somebody else's.
    /// </summary>
    public static DateTimeOffset LastUseAt(this SandboxSession session) =>
        session.Reported() ?? session.LastActivityAt();

    /// <summary>How long the session may be idle.</summary>
    public static TimeSpan IdleTimeout(this SandboxSession session) =>
        GoDuration.TryParse(session.Spec.IdleTimeout, out var idle) && idle > TimeSpan.Zero ? idle : DefaultIdle;

    /// <summary>
    /// When the session ends unless it is used before; null before its first use. The controller's word, once it has seen
    /// the session start; before that, what it is going to be for one whose agent was asked instead.
    /// </summary>
    public static DateTimeOffset? ExpiresAt(this SandboxSession session, SessionView view)
    {
        if (session.Status?.ExpiresAt is not null || view.Pod is null || session.Reported() is not { } used)
        {
            return session.Status?.ExpiresAt;
        }

        var idle = session.IdleTimeout();
        return used + (GoDuration.TryParse(session.Spec.MaxLifetime, out var most) && most < idle ? most : idle);
    }

    /// <summary>The session as callers see it.</summary>
    public static SessionInfo Describe(this SandboxSession session)
    {
        var view = SessionView.Of(session);
        return new SessionInfo(
            session.Key(),
            view.Stage switch
            {
                SessionStage.Suspended => SessionState.Stopped,
                SessionStage.Failed => SessionState.Failed,
                _ => SessionState.Running,
            },
            session.Status?.Launch == SessionLaunch.Warm ? SandboxLaunch.Warm : SandboxLaunch.Cold,
            session.Status?.StartedAt ?? session.CreatedAt(),
            session.LastActivityAt(),
            session.ExpiresAt(view)
        )
        {
            Isolation =
            [
                .. new[] { ConditionTypes.NetworkIsolated, ConditionTypes.NetworkPolicyEnforced }
                    .Select(type => session.Status?.Conditions.Find(type))
                    .OfType<Condition>()
                    .Select(condition => new SandboxIsolation(condition.Type, condition.Holds(), condition.Message)),
            ],
            Conditions = session.Status?.Conditions.Describe() ?? [],
        };
    }
}
