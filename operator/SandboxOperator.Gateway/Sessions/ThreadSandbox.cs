using System.Diagnostics;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Telemetry;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>
/// The sandbox of a thread as one run uses it: finds the session, puts files in, and notices when variables are lost.
/// </summary>
internal sealed class ThreadSandbox(
    ActiveRun run,
    SessionKnowledge known,
    RunLedger ledger,
    ISandboxes sandboxes,
    FileService files,
    IStore store,
    TimeProvider time
)
{
    private const int MaxSessions = 5;

    private readonly HashSet<string> _unplaceable = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _placed = known.InVolume();
    private readonly Dictionary<string, string> _earlier = new(known.Earlier, StringComparer.Ordinal);
    private bool _hadSession = known.Session is not null || known.Ordinal > 1;
    private Task<OpenedSandbox>? _opening;

    /// <summary>The session, for what is to be stored of it.</summary>
    public SessionRecord Record { get; } = new(run, known, ledger, time);

    /// <summary>What is known of the thread's files.</summary>
    public SessionKnowledge Known { get; } = known;

    /// <summary>The files that are in the sandbox, or will be at the first call.</summary>
    public IReadOnlyList<PlacedFile> Files => ThreadFiles.Plan(Known.Attached, Known.Linked, _placed, _earlier);

    /// <summary>Whether <see cref="OpenAsync"/> answers without waiting.</summary>
    public bool IsPrepared => _opening is { IsCompletedSuccessfully: true };

    private SessionKey Key => Record.Key;

    /// <summary>Looks whether the session has ended since its last call: then <see cref="Files"/> are those of the next.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (_placed.Count > 0)
        {
            var (sessions, key) = (await sandboxes.ListAsync(cancellationToken), Key);
            if (sessions.All(session => session.Key != key))
            {
                ForgetVolume();
            }
        }
    }

    /// <summary>Starts opening the sandbox, because a call is about to come.</summary>
    public void Prepare(CancellationToken cancellationToken) => _opening ??= OpenNowAsync(cancellationToken);

    /// <summary>The sandbox, for the next call.</summary>
    /// <exception cref="SandboxCapacityException">There is no room.</exception>
    /// <exception cref="SandboxUnavailableException">It cannot start.</exception>
    /// <exception cref="BudgetExceededException">It would be a new session, which a budget does not allow.</exception>
    public async Task<OpenedSandbox> OpenAsync(CancellationToken cancellationToken)
    {
        Prepare(cancellationToken);
        try
        {
            return await _opening!;
        }
        finally
        {
            // The next call looks again: the sandbox may have been stopped or replaced in between.
            _opening = null;
        }
    }

    /// <summary>The sandbox for reading a file that a call made; null when the session has had no call.</summary>
    public async Task<ISandbox?> PeekAsync(CancellationToken cancellationToken) =>
        Record.Exists ? await sandboxes.ContinueAsync(Key, cancellationToken) : null;

    /// <summary>A file was delivered from the sandbox: it is where it is.</summary>
    public void Delivered(string fileId, string path)
    {
        _placed[fileId] = path;
        Record.Placed = _placed;
    }

    private async Task<OpenedSandbox> OpenNowAsync(CancellationToken cancellationToken)
    {
        using var span = RunSpans.StartOpening(run.Span, Key.Name);
        try
        {
            return await OpenNowAsync(span, cancellationToken);
        }
        catch (Exception exception)
        {
            RunSpans.NotOpened(span, exception);
            throw;
        }
    }

    private async Task<OpenedSandbox> OpenNowAsync(Activity? span, CancellationToken cancellationToken)
    {
        // 1. The thread's session; when it has ended, the next one.
        var (asked, timestamp) = (time.GetUtcNow(), time.GetTimestamp());
        var sandbox = await OpenSessionAsync(cancellationToken);
        var connect = sandbox.Opening.At < asked ? TimeSpan.Zero : sandbox.Opening.Connect;
        var waited = time.GetElapsedTime(timestamp) - connect;
        var claim = waited < TimeSpan.Zero ? TimeSpan.Zero : waited;
        var wasOpen = sandbox.Opening.At < asked;
        var launch = SessionRecord.LaunchOf(sandbox);
        RunMetrics.ClaimSeconds.WithLabels(wasOpen ? "running" : launch).Observe(claim.TotalSeconds);
        if (!wasOpen)
        {
            RunMetrics.ConnectSeconds.Observe(connect.TotalSeconds);
        }

        span?.SetTag(SandboxNames.Session, Key.Name).SetTag(SandboxNames.Launch, launch);
        var stateLost = Compare(sandbox);

        // 2. Files that are not there yet.
        var notes = new List<string>();
        foreach (var file in Files)
        {
            if (!_placed.ContainsKey(file.File.Id) && !_unplaceable.Contains(file.File.Id))
            {
                await PlaceAsync(sandbox, file, notes, cancellationToken);
            }
        }

        Record.VolumeId = sandbox.VolumeId;
        Record.Placed = _placed;
        return new OpenedSandbox(sandbox, Record.Ordinal, stateLost, notes, claim, connect);
    }

    private async Task<ISandbox> OpenSessionAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (Record.Exists)
                {
                    return await sandboxes.ContinueAsync(Key, cancellationToken);
                }

                ledger.RequireSession();
                return await sandboxes.OpenAsync(Key, cancellationToken);
            }
            catch (SessionEndedException) when (attempt < MaxSessions)
            {
                Record.Begin(
                    await SessionOrdinals.AdvanceAsync(
                        store,
                        run.ThreadId,
                        Record.Ordinal,
                        time.GetUtcNow().ToUnixTimeMilliseconds(),
                        cancellationToken
                    )
                );
            }
        }
    }

    private string? Compare(ISandbox sandbox)
    {
        var hadSession = _hadSession;
        _hadSession = true;
        if (sandbox.VolumeId != Record.VolumeId)
        {
            ForgetVolume();
            return hadSession
                ? "the sandbox is a new one; only files that were attached, or linked in an answer, are there again"
                : null;
        }

        return Record.Incarnation is null || Record.Incarnation == sandbox.Incarnation
            ? null
            : "the sandbox was started anew; the files in /mnt/data are still there";
    }

    /// <summary>Nothing is in the volume; files get the paths they had before.</summary>
    private void ForgetVolume()
    {
        foreach (var (id, path) in _placed)
        {
            _earlier[id] = path;
        }

        _placed.Clear();
        _unplaceable.Clear();
    }

    private async Task PlaceAsync(
        ISandbox sandbox,
        PlacedFile file,
        List<string> notes,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var content = files.OpenRead(file.File);
            var alias = file.Path == file.File.Id ? null : file.File.Id;
            await sandbox.PutFileAsync(file.Path, content, file.File.Bytes, alias, cancellationToken);
            _placed[file.File.Id] = file.Path;
        }
        catch (FileNotFoundException)
        {
            // Deleted since: it is not there any more for anybody.
            _unplaceable.Add(file.File.Id);
        }
        catch (SandboxFileException exception)
        {
            _unplaceable.Add(file.File.Id);
            notes.Add($"The file {SandboxPrompt.Printable(file.Path)} is not in the sandbox: {exception.Message}");
        }
    }
}
