using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Console.Sessions;

/// <summary>A session that has not ended.</summary>
/// <param name="Name">What the cluster calls it.</param>
/// <param name="Project">Whose it is.</param>
/// <param name="ThreadId">Its thread; null for a session made by hand.</param>
/// <param name="State"><c>starting</c>, <c>running</c>, <c>stopped</c> or <c>failed</c>.</param>
/// <param name="Launch"><c>warm</c> or <c>cold</c>.</param>
/// <param name="StartedAtMs">Unix milliseconds.</param>
/// <param name="LastActivityAtMs">Unix milliseconds.</param>
/// <param name="ExpiresAtMs">Unix milliseconds; null before it has started.</param>
/// <param name="Isolation">What is known of its isolation.</param>
/// <param name="Conditions">All that a cluster says of its state; empty without one.</param>
public sealed record SessionRow(
    string Name,
    string Project,
    string? ThreadId,
    string State,
    string Launch,
    long StartedAtMs,
    long LastActivityAtMs,
    long? ExpiresAtMs,
    IReadOnlyList<SandboxIsolation> Isolation,
    IReadOnlyList<SandboxCondition> Conditions
)
{
    internal static SessionRow Of(SessionInfo info) =>
        new(
            info.Key.Name,
            info.Key.Project,
            info.Key.ThreadId.Length == 0 ? null : info.Key.ThreadId,
            info.State switch
            {
                SessionState.Stopped => "stopped",
                SessionState.Failed => "failed",
                _ when info.Conditions.Any(each => each is { Type: "Ready", Status: not "True" }) => "starting",
                _ => "running",
            },
            info.Launch == SandboxLaunch.Warm ? "warm" : "cold",
            info.StartedAt.ToUnixTimeMilliseconds(),
            info.LastActivityAt.ToUnixTimeMilliseconds(),
            info.ExpiresAt?.ToUnixTimeMilliseconds(),
            info.Isolation,
            info.Conditions
        );
}
