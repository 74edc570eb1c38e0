using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>The row of a thread's session, which comes to be with its first call.</summary>
internal sealed class SessionRecord(ActiveRun run, SessionKnowledge known, TimeProvider time)
{
    /// <summary>The ordinal of the thread's current session.</summary>
    public int Ordinal { get; private set; } = known.Ordinal;

    /// <summary>The thread's current session.</summary>
    public SessionKey Key => SessionKeys.Of(run.Project, run.ThreadId, Ordinal, known.Given);

    /// <summary>Whether the session has had a call.</summary>
    public bool Exists { get; private set; } = known.Session is not null;

    /// <summary>The agent incarnation of the last call.</summary>
    public string? Incarnation { get; private set; } = known.Session?.Incarnation;

    /// <summary>The volume that files were placed into.</summary>
    public string? VolumeId { get; set; } = known.Session?.VolumeId;

    /// <summary>The end of the last call, or its start while it runs, Unix milliseconds.</summary>
    public long LastActivityAtMs { get; private set; } = known.Session?.LastActivityAtMs ?? 0;

    /// <summary>The paths of the files in the volume, by id.</summary>
    public IReadOnlyDictionary<string, string> Placed { get; set; } = known.InVolume();

    /// <summary>The session has ended, this is the next one.</summary>
    public void Begin(int ordinal)
    {
        Ordinal = ordinal;
        Exists = false;
        Incarnation = null;
    }

    /// <summary>A call is sent: the change that belongs to its record.</summary>
    public JournalChange CallBegins(ISandbox sandbox)
    {
        LastActivityAtMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        Incarnation = sandbox.Incarnation;
        var row = new SessionEntity
        {
            Project = run.Project,
            ThreadId = run.ThreadId,
            Ordinal = Ordinal,
            StartedAtMs = LastActivityAtMs,
            LastActivityAtMs = LastActivityAtMs,
            Launch = LaunchOf(sandbox),
            Incarnation = Incarnation,
            VolumeId = VolumeId,
            PlacedFiles = JsonSerializer.Serialize(Placed),
        };
        if (!Exists)
        {
            Exists = true;
            return JournalChange.Insert(row);
        }

        return JournalChange.Do(
            (context, cancellation) =>
                context
                    .Sessions.Where(session => session.ThreadId == row.ThreadId && session.Ordinal == row.Ordinal)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(session => session.LastActivityAtMs, row.LastActivityAtMs)
                                .SetProperty(session => session.Incarnation, row.Incarnation)
                                .SetProperty(session => session.VolumeId, row.VolumeId)
                                .SetProperty(session => session.PlacedFiles, row.PlacedFiles),
                        cancellation
                    )
        );
    }

    /// <summary>How a sandbox came to be, in the word that the store and spans have for it.</summary>
    public static string LaunchOf(ISandbox sandbox) => sandbox.Info.Launch == SandboxLaunch.Warm ? "warm" : "cold";

    /// <summary>A call has ended: the change that belongs to its result.</summary>
    public JournalChange CallEnds()
    {
        LastActivityAtMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (threadId, ordinal, now) = (run.ThreadId, Ordinal, LastActivityAtMs);
        return JournalChange.Do(
            (context, cancellation) =>
                context
                    .Sessions.Where(session => session.ThreadId == threadId && session.Ordinal == ordinal)
                    .ExecuteUpdateAsync(set => set.SetProperty(session => session.LastActivityAtMs, now), cancellation)
        );
    }
}
