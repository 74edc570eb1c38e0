using Microsoft.Extensions.Logging;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Local.Sessions;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>Sandboxes that run and belong to nobody yet, the oldest first.</summary>
internal sealed partial class WarmPool(Boxes boxes, LocalSandboxOptions options, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly List<Task<Box>> _boxes = [];

    /// <summary>How many there are, those that are starting included.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _boxes.Count;
            }
        }
    }

    /// <summary>Whether one is ready.</summary>
    public bool IsReady
    {
        get
        {
            lock (_gate)
            {
                return _boxes.Exists(box => box.IsCompletedSuccessfully);
            }
        }
    }

    /// <summary>What one of them said of itself when it started; null when none is ready.</summary>
    public AgentStatus? AnyStatus()
    {
        lock (_gate)
        {
            return _boxes.Find(box => box.IsCompletedSuccessfully)?.Result.Agent?.Status;
        }
    }

    /// <summary>Adds one that an earlier gateway left.</summary>
    public void Add(Box box)
    {
        lock (_gate)
        {
            _boxes.Add(Task.FromResult(box));
        }
    }

    /// <summary>Starts one more.</summary>
    public Task<Box> StartOne(CancellationToken cancellationToken)
    {
        var start = Task.Run(() => boxes.CreateAsync(cancellationToken), cancellationToken);
        lock (_gate)
        {
            _boxes.Add(start);
        }

        return start;
    }

    /// <summary>Takes one out: a ready one, else the one that will be ready first; null when there is none that works.</summary>
    public async Task<(Box Box, SandboxLaunch Launch)?> ClaimAsync(CancellationToken cancellationToken)
    {
        while (Take() is { } chosen)
        {
            var launch = chosen.IsCompletedSuccessfully ? SandboxLaunch.Warm : SandboxLaunch.Cold;
            try
            {
                var box = await chosen.WaitAsync(cancellationToken);
                if (box.Runs)
                {
                    return (box, launch);
                }

                await boxes.DeleteAsync(box);
            }
            catch (Exception exception) when (exception is SandboxUnavailableException or IOException)
            {
                Log.Failed(logger, exception);
            }
            catch (OperationCanceledException) when (!chosen.IsCompleted)
            {
                // Who asked gave up; the next one gets it.
                lock (_gate)
                {
                    _boxes.Add(chosen);
                }

                throw;
            }
        }

        return null;
    }

    /// <summary>Deletes one to make room; false when there is none.</summary>
    public async Task<bool> DiscardAsync()
    {
        if (Take() is not { } chosen)
        {
            return false;
        }

        await DiscardAsync(chosen);
        return true;
    }

    /// <summary>Deletes those that died or have waited too long.</summary>
    public async Task TidyAsync()
    {
        List<Task<Box>> stale;
        lock (_gate)
        {
            stale = _boxes.FindAll(IsStale);
            _boxes.RemoveAll(stale.Contains);
        }

        foreach (var box in stale)
        {
            await DiscardAsync(box);
        }
    }

    private bool IsStale(Task<Box> start) =>
        start.IsFaulted
        || start.IsCanceled
        || (
            start.IsCompleted
            && (
                !start.Result.Runs
                || time.GetUtcNow() - start.Result.Record.CreatedAt > Expiry.LongestWarm(options.IdleTimeout)
            )
        );

    private Task<Box>? Take()
    {
        lock (_gate)
        {
            var chosen = _boxes.Find(box => box.IsCompletedSuccessfully) ?? _boxes.FirstOrDefault();
            if (chosen is not null)
            {
                _boxes.Remove(chosen);
            }

            return chosen;
        }
    }

    private async Task DiscardAsync(Task<Box> start)
    {
        try
        {
            await boxes.DeleteAsync(await start);
        }
        catch (OperationCanceledException) when (start.IsCanceled)
        {
            // It was still starting when everything was told to stop, and has left nothing.
        }
        catch (Exception exception) when (exception is SandboxUnavailableException or IOException)
        {
            Log.Failed(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A warm sandbox did not start or could not be deleted")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
