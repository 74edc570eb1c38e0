using System.Globalization;
using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Schema;
using SandboxOperator.Api.Sessions;
using SandboxOperator.Kube.Resources;

namespace SandboxOperator.Controller.Sessions;

/// <summary>A session's spec and annotations as values.</summary>
/// <param name="IdleTimeout">How long after its last use it ends.</param>
/// <param name="MaxLifetime">How long after its start it ends in any case.</param>
/// <param name="TtlAfterExpired">How long the object stays after its end.</param>
/// <param name="ReportedActivity">When somebody said that it was last used.</param>
/// <param name="Problem">What is wrong with the spec, each beginning with the field's path; null when nothing is.</param>
internal sealed record SessionSettings(
    TimeSpan IdleTimeout,
    TimeSpan? MaxLifetime,
    TimeSpan TtlAfterExpired,
    DateTimeOffset? ReportedActivity,
    string? Problem
)
{
    private static readonly TimeSpan Week = TimeSpan.FromHours(168);

    /// <summary>
    /// Reads a session. Clusters before 1.25 let through what the definition's rules refuse elsewhere; where a field is
    /// wrong its default counts, so that even such a session ends.
    /// </summary>
    public static SessionSettings Of(SandboxSession session)
    {
        var problems = new List<string>();
        var defaults = new SandboxSessionSpec();
        var spec = session.Spec;
        var idle = Duration(spec.IdleTimeout, TimeSpan.FromSeconds(1), Week, defaults.IdleTimeout, "idleTimeout");
        var lifetime = spec.MaxLifetime is null
            ? (TimeSpan?)null
            : Duration(spec.MaxLifetime, TimeSpan.FromSeconds(1), GoDuration.Maximum, null, "maxLifetime");
        var ttl = Duration(
            spec.TtlAfterExpired,
            TimeSpan.Zero,
            GoDuration.Maximum,
            defaults.TtlAfterExpired,
            "ttlAfterExpired"
        );
        if (string.IsNullOrWhiteSpace(spec.RuntimeRef.Name))
        {
            problems.Add("spec.runtimeRef.name: is missing");
        }

        return new SessionSettings(
            idle!.Value,
            lifetime,
            ttl!.Value,
            Activity(session),
            problems.Count == 0 ? null : string.Join("; ", problems)
        );

        TimeSpan? Duration(string text, TimeSpan min, TimeSpan max, string? otherwise, string field)
        {
            if (GoDuration.TryParse(text, out var duration) && duration >= min && duration <= max)
            {
                return duration;
            }

            problems.Add(
                $"spec.{field}: '{text}' is not a length of time between {GoDuration.Format(min)} and "
                    + GoDuration.Format(max)
            );
            return GoDuration.TryParse(otherwise, out var known) ? known : null;
        }
    }

    private static DateTimeOffset? Activity(SandboxSession session) =>
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
}
