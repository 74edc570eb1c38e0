using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>
/// Writes what happens to one run, in order and only while its lease holds. What comes while a write is under way
/// shares the next one, so that a busy run makes few transactions; each also renews the lease.
/// </summary>
internal sealed class RunJournal(IStore store, string runId, long epoch, TimeProvider time, TimeSpan lease)
{
    private readonly Lock _lock = new();
    private Batch _next = new();
    private bool _writing;
    private Exception? _failure;

    /// <summary>Whether a write has failed, after which nothing more is taken.</summary>
    public bool HasFailed
    {
        get
        {
            lock (_lock)
            {
                return _failure is not null;
            }
        }
    }

    /// <summary>Stores changes without waiting; a failure shows at the next <see cref="CommitAsync"/>.</summary>
    public void Post(params ReadOnlySpan<JournalChange> changes) => _ = Enqueue(changes, null);

    /// <summary>Stores changes, and the run's state when given; returns when they are durable.</summary>
    /// <exception cref="LeaseLostException">Nothing was stored.</exception>
    /// <exception cref="CancelRequestedException">The changes were stored, the run's state was not.</exception>
    public async Task CommitAsync(IReadOnlyCollection<JournalChange> changes, RunPatch? patch)
    {
        var moved = await Enqueue([.. changes], patch);
        if (!moved)
        {
            throw new CancelRequestedException("Cancellation of the run was asked for.");
        }
    }

    private Task<bool> Enqueue(ReadOnlySpan<JournalChange> changes, RunPatch? patch)
    {
        lock (_lock)
        {
            if (_failure is not null)
            {
                return Task.FromException<bool>(_failure);
            }

            var batch = _next;
            foreach (var change in changes)
            {
                batch.Changes.Add(change);
            }

            batch.Patch = patch ?? batch.Patch;
            if (!_writing)
            {
                _writing = true;
                _ = WriteAsync();
            }

            return batch.Done.Task;
        }
    }

    private async Task WriteAsync()
    {
        while (true)
        {
            Batch batch;
            lock (_lock)
            {
                batch = _next;
                if (batch.IsEmpty || _failure is not null)
                {
                    _writing = false;
                    return;
                }

                _next = new Batch();
            }

            try
            {
                batch.Done.SetResult(
                    await store.WriteAsync((context, cancellation) => WriteAsync(batch, context, cancellation), default)
                );
            }
            catch (Exception exception)
            {
                Fail(batch, exception);
            }
        }
    }

    private async Task<bool> WriteAsync(Batch batch, StoreContext context, CancellationToken cancellationToken)
    {
        var leaseExpiresAtMs = (time.GetUtcNow() + lease).ToUnixTimeMilliseconds();
        var moved =
            batch.Patch is { } patch
            && await patch.ApplyAsync(context, runId, epoch, leaseExpiresAtMs, cancellationToken);
        if (!moved && !await HoldsAsync(context, leaseExpiresAtMs, cancellationToken))
        {
            throw new LeaseLostException("Another replica has taken the run over, or its thread was deleted.");
        }

        await JournalChange.ApplyAsync(batch.Changes, context, cancellationToken);
        return moved || batch.Patch is null;
    }

    private async Task<bool> HoldsAsync(
        StoreContext context,
        long leaseExpiresAtMs,
        CancellationToken cancellationToken
    )
    {
        var rows = await context
            .Runs.Where(row => row.Id == runId && row.LeaseEpoch == epoch)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.LeaseExpiresAtMs, leaseExpiresAtMs),
                cancellationToken
            );
        return rows == 1;
    }

    private void Fail(Batch batch, Exception exception)
    {
        Batch waiting;
        lock (_lock)
        {
            _failure = exception;
            waiting = _next;
            _writing = false;
        }

        // A batch that nobody awaits has no one to observe its failure; the next commit reports it.
        batch.Fail(exception);
        waiting.Fail(exception);
    }

    private sealed class Batch
    {
        public List<JournalChange> Changes { get; } = [];
        public RunPatch? Patch { get; set; }
        public bool IsEmpty => Changes.Count == 0 && Patch is null;
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Fail(Exception exception)
        {
            Done.TrySetException(exception);
            _ = Done.Task.Exception;
        }
    }
}
