using SandboxOperator.Sandboxes.Local.Sessions;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>What happens as time passes.</summary>
internal sealed partial class Backend
{
    private const long LongestLog = 1 << 20;
    private static readonly TimeSpan ReplenishDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestReplenishDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FailedStartDelay = TimeSpan.FromSeconds(30);

    private Task _warming = Task.CompletedTask;
    private DateTimeOffset? _wantedSince;
    private DateTimeOffset _noWarmBefore = DateTimeOffset.MinValue;

    /// <summary>Does what is due, beat by beat.</summary>
    public async Task KeepUpAsync(TimeSpan beat, CancellationToken stopping)
    {
        // The first warm sandbox is wanted at once: nothing competes with it.
        _wantedSince = DateTimeOffset.MinValue;
        using var timer = new PeriodicTimer(beat, time);
        try
        {
            do
            {
                await BeatAsync(stopping);
            } while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await _warming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task BeatAsync(CancellationToken stopping)
    {
        try
        {
            await Task.WhenAll(table.Due().Select(key => EndAsync(key, "idle")));
            foreach (var session in table.All())
            {
                await LookAfterAsync(session);
            }

            await warm.TidyAsync();
            Replenish(stopping);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.UpkeepFailed(logger, exception);
        }
    }

    private async Task LookAfterAsync(LocalSession session)
    {
        if (session.Current is { IsLost: true } lost)
        {
            table.Retire(session, lost);
            await StopAsync(session, "lost");
        }

        if (session.Box is { } box && table.Running(session.Key) is not null)
        {
            box.Folder.TrimLog(LongestLog);
            if (table.LastActivity(session) != box.Record.Session?.LastActivityAt)
            {
                // Whoever starts or stops the sandbox now writes the same, later.
                using var turn = await session.TurnAsync(StopPatience, CancellationToken.None);
                if (ReferenceEquals(session.Box, box))
                {
                    Record(session, box);
                }
            }
        }
    }

    // One at a time, and not while calls run, of which the first is often the one that the last warm sandbox was
    // claimed for; but not never either.
    private void Replenish(CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        if (!_warming.IsCompleted)
        {
            return;
        }

        if (_warming.IsFaulted)
        {
            _noWarmBefore = now + FailedStartDelay;
            _warming = Task.CompletedTask;
        }

        if (warm.Count >= options.Warm || table.Taken + warm.Count >= table.Most || now < _noWarmBefore)
        {
            _wantedSince = null;
            return;
        }

        _wantedSince ??= now;
        var waited = now - _wantedSince.Value;
        if (waited >= LongestReplenishDelay || (waited >= ReplenishDelay && !table.Calling))
        {
            _warming = warm.StartOne(stopping);
        }
    }
}
