using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SandboxOperator.Kube.Client;
using SandboxOperator.Sandboxes.Kubernetes.Sessions;

namespace SandboxOperator.Sandboxes.Kubernetes.Admission;

/// <summary>Gives threads room for their sandboxes, at the cost of idle sessions when there is none left.</summary>
internal sealed partial class Rooms(
    SessionObjects objects,
    ConcurrentDictionary<string, LiveSession> live,
    KubernetesSandboxOptions options,
    SandboxMetrics metrics,
    TimeProvider time,
    ILogger logger
)
{
    private const int Attempts = 10;

    private readonly SlotTable _slots = new(new AdmissionPlan(options.Sessions, options.SessionsPerProject));

    /// <summary>
    /// 1. Decide on what the cache knows, and take the slot.
    /// 2. Suspend who has to give way, if it still is idle; else decide again.
    /// </summary>
    public async ValueTask<ISandboxSlot> ReserveAsync(SessionKey session, CancellationToken cancellationToken)
    {
        await objects.SyncedAsync(cancellationToken);
        var thread = ThreadOwner.Of(session);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var occupants = await OccupantsAsync(cancellationToken);
            var decision = _slots.Take(thread, occupants);
            if (decision.FullSetting is { } full)
            {
                throw Full(full);
            }

            var slot = new KubernetesSlot(_slots, session);
            if (decision.Suspend is not { } leaving)
            {
                return slot;
            }

            if (await SuspendAsync(occupants.First(occupant => occupant.Session == leaving), cancellationToken))
            {
                return slot;
            }

            await slot.DisposeAsync();
        }

        throw Full(nameof(options.Sessions));
    }

    /// <summary>Who has a sandbox. Sessions made by hand count from when a thread has them.</summary>
    private async Task<IReadOnlyList<Occupant>> OccupantsAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var occupants = new List<Occupant>();
        foreach (var session in await objects.ListAsync(cancellationToken))
        {
            if (
                string.IsNullOrEmpty(session.Spec.ThreadId)
                || SessionView.Of(session).Stage is SessionStage.Ended or SessionStage.Suspended
            )
            {
                continue;
            }

            var used = live.GetValueOrDefault(session.Metadata.Name);
            var (last, own) = (session.LastActivityAt(), Later(used?.ReportedAt, used?.UsedAt));
            occupants.Add(
                new Occupant(
                    session.Metadata.Name,
                    new ThreadOwner(session.Spec.Project, session.Spec.ThreadId),
                    own > last ? own.Value : last,
                    used?.InUse == true || AdmissionPlan.IsUsedElsewhere(session.LastUseAt(), own, now)
                )
            );
        }

        return occupants;
    }

    /// <summary>Suspends a session that is to give way, unless it has been used since that was decided.</summary>
    private async Task<bool> SuspendAsync(Occupant occupant, CancellationToken cancellationToken)
    {
        try
        {
            var found = await objects.ChangeAsync(
                occupant.Session,
                known =>
                    known.LastActivityAt() <= occupant.LastActivityAt && !known.Spec.Suspend
                        ? SessionObjects.Suspend(suspend: true)
                        : null,
                cancellationToken
            );
            var gone =
                SessionView.Of(found).Stage is SessionStage.Absent or SessionStage.Ended or SessionStage.Suspended;
            if (gone)
            {
                Log.Suspended(logger, occupant.Session);
                metrics.Stopped("room");
            }

            return gone;
        }
        catch (KubeException exception)
        {
            throw new SandboxUnavailableException($"No room could be made: {exception.Message}", exception);
        }
        finally
        {
            _slots.Settled(occupant.Session);
        }
    }

    private static SandboxCapacityException Full(string setting) =>
        new(
            $"All sandboxes that {KubernetesSandboxOptions.Section}:{setting} allows are in use. Try again shortly, or "
                + "raise it.",
            TimeSpan.FromSeconds(5)
        );

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other > one ? other : one;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Session {Session} was suspended to make room")]
        public static partial void Suspended(ILogger logger, string session);
    }
}
