using Microsoft.Extensions.Logging;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Local.Sessions;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>Joins sessions and sandboxes: who gets which, who gives way, who ends.</summary>
internal sealed partial class Backend(
    Boxes boxes,
    SessionTable table,
    WarmPool warm,
    LocalSandboxOptions options,
    TimeProvider time,
    SandboxMetrics metrics,
    ILogger logger
)
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    /// <summary>Whether a warm sandbox is ready.</summary>
    public bool IsWarm => warm.IsReady;

    /// <summary>Whether no sandbox runs.</summary>
    public bool IsIdle => table.Taken + warm.Count == 0;

    /// <summary>A session's sandbox if it runs and works.</summary>
    public LocalSandbox? Running(SessionKey key) => table.Running(key) is { IsLost: false } running ? running : null;

    /// <inheritdoc cref="ISandboxes.ReserveAsync"/>
    public async Task<LocalSlot> ReserveAsync(SessionKey key)
    {
        var givesWay = table.TakeSlot(key);
        var slot = new LocalSlot(table, key);
        try
        {
            if (givesWay is not null)
            {
                await StopAsync(givesWay, "room");
            }

            return slot;
        }
        catch
        {
            await slot.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// 1. A sandbox that runs is the answer.
    /// 2. Else there must be room, and nobody else may be opening the same session's.
    /// 3. A stopped sandbox is started again, a new session gets a warm one or a new one.
    /// </summary>
    public async Task<ISandbox> OpenAsync(SessionKey key, CancellationToken cancellationToken)
    {
        if (Running(key) is { } running)
        {
            return running;
        }

        var asked = time.GetTimestamp();
        await using var slot = await ReserveAsync(key);
        var session = table.Enter(key);
        using var turn = await session.TurnAsync(options.StartTimeout + StopPatience, cancellationToken);
        if (Running(key) is { } meanwhile)
        {
            return meanwhile;
        }

        // The session may have ended, or another attempt to begin it failed, while this one waited for its turn.
        if (!ReferenceEquals(table.Enter(key), session))
        {
            throw new SandboxUnavailableException("The session's sandbox could not be started. Try again.");
        }

        var sandbox = await StartAsync(session, asked, cancellationToken);
        metrics.Opened(session.Launch, time.GetElapsedTime(asked));
        return sandbox;
    }

    /// <inheritdoc cref="ISandboxes.EndAsync"/>
    public async Task EndAsync(SessionKey key, string reason)
    {
        if (table.End(key) is not { } session)
        {
            return;
        }

        using (await session.TurnAsync(options.StartTimeout + StopPatience, CancellationToken.None))
        {
            if (session.Box is { } box)
            {
                session.Box = null;
                await boxes.DeleteAsync(box);
                metrics.Stopped(reason);
                Log.Ended(logger, session.Name, reason);
            }

            table.Remove(session);
        }
    }

    /// <inheritdoc cref="ISandboxes.ListAsync"/>
    public IReadOnlyList<SessionInfo> List() =>
        [.. table.All().Where(session => session is { Ended: false, Box: not null }).Select(table.Describe)];

    /// <summary>What some sandbox that runs said of itself when it started; null when none runs.</summary>
    public AgentStatus? AnyStatus() =>
        table.All().Select(session => session.Box?.Agent?.Status).FirstOrDefault(status => status is not null)
        ?? warm.AnyStatus();

    /// <summary>How many sandboxes there may be and are.</summary>
    public SandboxCheck Capacity() =>
        new("sandboxes", Ok: true, $"{table.Taken} of at most {table.Most} in use, {warm.Count} warm");

    /// <summary>Ends every process; the files of sessions stay.</summary>
    public async Task StopAllAsync()
    {
        var discarding = Enumerable.Range(0, warm.Count).Select(_ => (Task)warm.DiscardAsync());
        await Task.WhenAll([
            .. discarding,
            .. table.All().Select(session => StopAsync(session, "shutdown", always: true)),
        ]);
    }

    /// <summary>Takes over what an earlier gateway left.</summary>
    public async Task AdoptAsync(EndedSessions ended)
    {
        await Task.WhenAll(boxes.Folders().Select(folder => Task.Run(() => AdoptAsync(folder, ended))));
        // Not awaited: a sandbox may have left many files, and nobody needs what they take.
        _ = Task.Run(boxes.EmptyTrashAsync);
    }

    private async Task AdoptAsync(SandboxFolder folder, EndedSessions ended)
    {
        if (await boxes.AdoptAsync(folder) is not { } box)
        {
            return;
        }

        if (box.Record.Session is not { } record)
        {
            if (box.Runs)
            {
                warm.Add(box);
            }
            else
            {
                await boxes.DeleteAsync(box);
            }

            return;
        }

        var calling = box.Agent?.Status.RunningCall is not null;
        var now = time.GetUtcNow();
        if (ended.Contains(record.Key) || Expiry.IsDue(record.LastActivityAt, options.IdleTimeout, calling, now))
        {
            ended.Add(record.Key);
            await boxes.DeleteAsync(box);
            return;
        }

        var session = new LocalSession(record.Key, now)
        {
            Launch = record.Launch,
            StartedAt = record.StartedAt,
            LastActivityAt = calling ? now : record.LastActivityAt,
            Box = box,
        };
        table.Restore(session);
        if (box.Agent is { } agent)
        {
            var opening = new SandboxOpening(now, TimeSpan.Zero, TimeSpan.Zero);
            table.Publish(session, new LocalSandbox(table, session, agent, box.Record.VolumeId, opening));
        }
    }

    private async Task<LocalSandbox> StartAsync(LocalSession session, long asked, CancellationToken cancellationToken)
    {
        try
        {
            var box = session.Box;
            if (box is not null)
            {
                // A sandbox that was lost leaves processes or groups behind.
                await boxes.StopAsync(box);
                await MakeRoomAsync();
                await boxes.StartAsync(box, cancellationToken);
            }
            else
            {
                (box, session.Launch) = await NewAsync(cancellationToken);
                session.StartedAt = session.LastActivityAt = time.GetUtcNow();
            }

            session.Box = box;
            Record(session, box);
            // A sandbox here has started when its agent answers: there is nothing left to connect.
            var opening = new SandboxOpening(time.GetUtcNow(), time.GetElapsedTime(asked), TimeSpan.Zero);
            var sandbox = new LocalSandbox(table, session, box.Agent!, box.Record.VolumeId, opening);
            table.Publish(session, sandbox);
            Log.Opened(logger, session.Name, box.Folder.Id, session.Launch);
            return sandbox;
        }
        catch when (session.Box is null)
        {
            table.Remove(session);
            throw;
        }
    }

    private async Task<(Box Box, SandboxLaunch Launch)> NewAsync(CancellationToken cancellationToken)
    {
        if (await warm.ClaimAsync(cancellationToken) is { } claimed)
        {
            return claimed;
        }

        return (await boxes.CreateAsync(cancellationToken), SandboxLaunch.Cold);
    }

    // The room that was admitted may still be a warm sandbox's.
    private async Task MakeRoomAsync()
    {
        while (table.Taken + warm.Count > table.Most && await warm.DiscardAsync())
        {
            // One more is gone.
        }
    }

    private async Task StopAsync(LocalSession session, string reason, bool always = false)
    {
        using var turn = await session.TurnAsync(options.StartTimeout + StopPatience, CancellationToken.None);
        if (always)
        {
            table.Publish(session, null);
        }

        // Somebody may have opened it again since it was told to give way; then that one had room of its own.
        if (session.Current is null && session.Box is { Agent: not null } box)
        {
            Record(session, box);
            await boxes.StopAsync(box);
            metrics.Stopped(reason);
            Log.Stopped(logger, session.Name, reason);
        }
    }

    private void Record(LocalSession session, Box box) =>
        box.Update(
            box.Record with
            {
                Session = new SessionRecord(
                    session.Key.Project,
                    session.Key.ThreadId,
                    session.Key.Ordinal,
                    session.Launch,
                    session.StartedAt,
                    table.LastActivity(session)
                ),
            }
        );

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Session {Session} has sandbox {Sandbox} ({Launch})")]
        public static partial void Opened(ILogger logger, string session, string sandbox, SandboxLaunch launch);

        [LoggerMessage(LogLevel.Information, "Session {Session} was stopped ({Reason}); its files stay")]
        public static partial void Stopped(ILogger logger, string session, string reason);

        [LoggerMessage(LogLevel.Information, "Session {Session} has ended ({Reason})")]
        public static partial void Ended(ILogger logger, string session, string reason);

        [LoggerMessage(LogLevel.Error, "Upkeep of sandboxes failed; it goes on")]
        public static partial void UpkeepFailed(ILogger logger, Exception exception);
    }
}
