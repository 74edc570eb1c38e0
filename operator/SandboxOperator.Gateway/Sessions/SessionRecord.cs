using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>The row of a thread's session, which comes to be with its first call.</summary>
internal sealed class SessionRecord(ActiveRun run, SessionKnowledge known, RunLedger ledger, TimeProvider time)
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

    private long StartedAtMs { get; set; } = known.Session?.StartedAtMs ?? 0;

    private int? PaidPeriod { get; set; } = known.Session?.PaidPeriod;

    /// <summary>The session has ended, this is the next one.</summary>
    public void Begin(int ordinal)
    {
        PaidPeriod = null;
        Ordinal = ordinal;
        Exists = false;
        Incarnation = null;
    }

    /// <summary>A call is sent: the changes that belong to its record, what it costs among them.</summary>
    /// <exception cref="BudgetExceededException">A budget does not allow it; nothing is to be stored.</exception>
    public IReadOnlyList<JournalChange> CallBegins(ISandbox sandbox, string callId)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        StartedAtMs = Exists ? StartedAtMs : now;
        var due = ledger.Begin(new ChargedCall(callId, Ordinal, StartedAtMs), PaidPeriod, now);
        PaidPeriod = due.PaidPeriod;
        LastActivityAtMs = now;
        Incarnation = sandbox.Incarnation;
        var row = new SessionEntity
        {
            Project = run.Project,
            ThreadId = run.ThreadId,
            Ordinal = Ordinal,
            StartedAtMs = StartedAtMs,
            LastActivityAtMs = LastActivityAtMs,
            PaidPeriod = PaidPeriod,
            Launch = LaunchOf(sandbox),
            Incarnation = Incarnation,
            VolumeId = VolumeId,
            PlacedFiles = JsonSerializer.Serialize(Placed),
        };
        if (!Exists)
        {
            Exists = true;
            RunMetrics.SessionsStarted.Inc();
            return [JournalChange.Insert(row), .. due.Changes];
        }

        var update = JournalChange.Do(
            (context, cancellation) =>
                context
                    .Sessions.Where(session => session.ThreadId == row.ThreadId && session.Ordinal == row.Ordinal)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(session => session.LastActivityAtMs, row.LastActivityAtMs)
                                .SetProperty(session => session.PaidPeriod, row.PaidPeriod)
                                .SetProperty(session => session.Incarnation, row.Incarnation)
                                .SetProperty(session => session.VolumeId, row.VolumeId)
                                .SetProperty(session => session.PlacedFiles, row.PlacedFiles),
                        cancellation
                    )
        );
        return [update, .. due.Changes];
    }

    /// <summary>How a sandbox came to be, in the word that the store and spans have for it.</summary>
    public static string LaunchOf(ISandbox sandbox) => sandbox.Info.Launch == SandboxLaunch.Warm ? "warm" : "cold";

    /// <summary>A call has run: the changes that belong to its result, what its length costs among them.</summary>
    /// <param name="callId">The call.</param>
    /// <param name="deadline">The end of its run: no call goes on for longer, whatever the clock says now.</param>
    public IReadOnlyList<JournalChange> CallRan(string callId, DateTimeOffset deadline)
    {
        var now = Math.Min(time.GetUtcNow().ToUnixTimeMilliseconds(), deadline.ToUnixTimeMilliseconds());
        var due = ledger.Ran(new ChargedCall(callId, Ordinal, StartedAtMs), PaidPeriod, LastActivityAtMs, now);
        PaidPeriod = due.PaidPeriod;
        ledger.Stands(callId);
        return [CallEnds(), .. due.Changes];
    }

    /// <summary>The sandbox did not take a call: the changes that belong to its end.</summary>
    public IReadOnlyList<JournalChange> CallRefused(string callId)
    {
        if (ledger.TakeBack(callId) is not { } takenBack)
        {
            return [CallEnds()];
        }

        PaidPeriod = null;
        return [CallEnds(), takenBack];
    }

    /// <summary>A call has ended, nobody knows how: the change that belongs to its end.</summary>
    public JournalChange CallEnds()
    {
        LastActivityAtMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (threadId, ordinal, now, paid) = (run.ThreadId, Ordinal, LastActivityAtMs, PaidPeriod);
        return JournalChange.Do(
            (context, cancellation) =>
                context
                    .Sessions.Where(session => session.ThreadId == threadId && session.Ordinal == ordinal)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(session => session.LastActivityAtMs, now)
                                .SetProperty(session => session.PaidPeriod, paid),
                        cancellation
                    )
        );
    }
}
