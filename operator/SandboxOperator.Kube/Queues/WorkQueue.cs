namespace SandboxOperator.Kube.Queues;

/// <summary>
/// Keys that need work, in the order in which they came. A key is in the queue once, however often it was added, and
/// never in the hands of two workers: a key added while it is worked on comes again when that work is done.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly RetryPolicy _retries;
    private readonly Queue<TKey> _ready = new();
    private readonly SemaphoreSlim _available = new(0);
    private readonly HashSet<TKey> _dirty = [];
    private readonly HashSet<TKey> _working = [];
    private readonly Dictionary<TKey, DateTimeOffset> _due = [];
    private readonly PriorityQueue<TKey, DateTimeOffset> _delayed = new();
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly ITimer _timer;
    private bool _isDisposed;

    /// <summary>An empty queue.</summary>
    /// <param name="time">For delays.</param>
    /// <param name="retries">For delays after failures.</param>
    public WorkQueue(TimeProvider time, RetryPolicy? retries = null)
    {
        _time = time;
        _retries = retries ?? RetryPolicy.Default;
        _timer = time.CreateTimer(_ => AddDue(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keys that wait for a worker now.</summary>
    public int Depth
    {
        get
        {
            lock (_lock)
            {
                return _ready.Count;
            }
        }
    }

    /// <summary>The key needs work now.</summary>
    /// <param name="key">The key.</param>
    public void Add(TKey key)
    {
        lock (_lock)
        {
            AddLocked(key);
        }
    }

    /// <summary>The key needs work after a time, unless it is due before: of several delays the shortest counts.</summary>
    /// <param name="key">The key.</param>
    /// <param name="delay">The time; none or less means now.</param>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        lock (_lock)
        {
            if (delay <= TimeSpan.Zero)
            {
                AddLocked(key);
                return;
            }

            var now = _time.GetUtcNow();
            var due = delay < DateTimeOffset.MaxValue - now ? now + delay : DateTimeOffset.MaxValue;
            if (!_due.TryGetValue(key, out var earlier) || due < earlier)
            {
                _due[key] = due;
                _delayed.Enqueue(key, due);
                SetTimer();
            }
        }
    }

    /// <summary>Work on the key failed: it comes again, later after every failure in a row.</summary>
    /// <param name="key">The key.</param>
    /// <returns>After what time.</returns>
    public TimeSpan AddAfterFailure(TKey key)
    {
        TimeSpan delay;
        lock (_lock)
        {
            var failures = _failures.GetValueOrDefault(key) + 1;
            _failures[key] = failures;
            delay = _retries.Delay(failures);
        }

        AddAfter(key, delay);
        return delay;
    }

    /// <summary>Work on the key succeeded: its failures no longer count.</summary>
    /// <param name="key">The key.</param>
    public void Forget(TKey key)
    {
        lock (_lock)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>Waits for a key that needs work. The caller must call <see cref="Done"/> when it is finished.</summary>
    /// <param name="token">Stops waiting.</param>
    /// <returns>The key.</returns>
    public async ValueTask<TKey> TakeAsync(CancellationToken token)
    {
        await _available.WaitAsync(token);
        lock (_lock)
        {
            var key = _ready.Dequeue();
            _dirty.Remove(key);
            _working.Add(key);
            return key;
        }
    }

    /// <summary>The worker has finished with the key, whatever came of it.</summary>
    /// <param name="key">The key.</param>
    public void Done(TKey key)
    {
        lock (_lock)
        {
            if (_working.Remove(key) && _dirty.Contains(key))
            {
                Enqueue(key);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        _timer.Dispose();
        _available.Dispose();
    }

    private void AddLocked(TKey key)
    {
        if (!_isDisposed && _dirty.Add(key) && !_working.Contains(key))
        {
            Enqueue(key);
        }
    }

    private void Enqueue(TKey key)
    {
        if (_isDisposed)
        {
            return;
        }

        _ready.Enqueue(key);
        _available.Release();
    }

    private void AddDue()
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            while (_delayed.TryPeek(out var key, out var due) && due <= now)
            {
                _delayed.Dequeue();
                // A later entry of a key whose delay was shortened has been served by the earlier one.
                if (_due.TryGetValue(key, out var current) && current == due)
                {
                    _due.Remove(key);
                    AddLocked(key);
                }
            }

            SetTimer();
        }
    }

    private void SetTimer()
    {
        if (_isDisposed || !_delayed.TryPeek(out _, out var due))
        {
            return;
        }

        var wait = due - _time.GetUtcNow();
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
        _timer.Change(wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }
}
