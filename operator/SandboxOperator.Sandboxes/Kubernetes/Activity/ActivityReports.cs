using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SandboxOperator.Kube.Client;
using SandboxOperator.Sandboxes.Kubernetes.Sessions;

namespace SandboxOperator.Sandboxes.Kubernetes.Activity;

/// <summary>Tells the cluster which sessions are in use, so that their lives are prolonged.</summary>
internal sealed partial class ActivityReports(
    SessionObjects objects,
    ConcurrentDictionary<string, LiveSession> sessions,
    TimeProvider time,
    ILogger logger
)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Reports what is due, beat by beat, and at the end what has not been reported.</summary>
    public async Task KeepUpAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Beat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                foreach (var session in sessions.Values)
                {
                    ReportIfDue(session);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The program ends.
        }
    }

    /// <summary>Reports every end of a call that has not been reported yet.</summary>
    public Task FlushAsync(CancellationToken token) =>
        Task.WhenAll(
            sessions.Values.Where(session => session.Unreported).Select(session => ReportQuietlyAsync(session, token))
        );

    /// <summary>Starts a report in the background when it is time for one.</summary>
    public void ReportIfDue(LiveSession session)
    {
        var (inUse, unreported) = (session.InUse, session.Unreported);
        if (
            (inUse || unreported)
            && objects.Find(session.Name) is { } known
            && ActivityPlan.IsDue(inUse, unreported, session.ReportedAt, known.IdleTimeout(), time.GetUtcNow())
            && session.BeginReport()
        )
        {
            _ = FinishAsync(session);
        }
    }

    /// <summary>Prolongs the session's life before a call, if it might end too soon.</summary>
    /// <exception cref="SessionEndedException">It has ended.</exception>
    public async Task BeforeCallAsync(LiveSession session, CancellationToken token)
    {
        if (
            objects.Find(session.Name) is { } known
            && ActivityPlan.MustReportFirst(
                known.Status?.ExpiresAt,
                session.ReportedAt,
                known.IdleTimeout(),
                time.GetUtcNow()
            )
        )
        {
            await ReportAsync(session, time.GetUtcNow(), token);
        }
    }

    /// <summary>Says that a session is in use that the controller does not know to have started.</summary>
    /// <exception cref="SessionEndedException">It has ended.</exception>
    public Task BeforeEarlyUseAsync(LiveSession session, CancellationToken token) =>
        ReportAsync(session, time.GetUtcNow(), token);

    /// <summary>Writes when the session was in use, unless its object tells so already. It never goes back.</summary>
    /// <exception cref="SessionEndedException">It has ended.</exception>
    private async Task ReportAsync(LiveSession session, DateTimeOffset activity, CancellationToken token)
    {
        var found = await objects.ChangeAsync(
            session.Name,
            known => SessionView.Of(known).Stage == SessionStage.Ended ? null : SessionObjects.Report(known, activity),
            token
        );
        if (SessionView.Of(found).Stage is SessionStage.Absent or SessionStage.Ended)
        {
            throw new SessionEndedException("The session has ended; its sandbox and files are gone.");
        }

        session.Reported(activity);
    }

    private async Task FinishAsync(LiveSession session)
    {
        try
        {
            await ReportQuietlyAsync(session, CancellationToken.None);
        }
        finally
        {
            session.EndReport();
        }
    }

    private async Task ReportQuietlyAsync(LiveSession session, CancellationToken token)
    {
        try
        {
            // A report may come late: an idle session lives from its last use, not from what was written of it.
            await ReportAsync(session, session.LastUse(time.GetUtcNow()), token);
        }
        catch (SessionEndedException)
        {
            // Whoever uses it next finds out.
        }
        catch (Exception exception) when (exception is KubeException or OperationCanceledException)
        {
            // It stays due.
            Log.NotReported(logger, session.Name, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The activity of session {Session} could not be reported: {Problem}")]
        public static partial void NotReported(ILogger logger, string session, string problem);
    }
}
