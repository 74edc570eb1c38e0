using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace SandboxOperator.Gateway.Store.Sqlite;

/// <summary>
/// The one writer of the database. SQLite allows one at a time, and a commit costs a flush of the disk whatever its
/// size, so writes that wait together share one.
/// <list type="number">
/// <item>Wait for a write, and take all that wait with it, up to a bound.</item>
/// <item>Begin one transaction.</item>
/// <item>Run each write behind a savepoint of its own; one that throws is rolled back alone and its caller told.</item>
/// <item>Commit.</item>
/// <item>Only then tell the callers: what they are told is on the disk. If the commit failed, all of them failed.</item>
/// </list>
/// </summary>
internal sealed partial class SqliteWriter : IAsyncDisposable
{
    private const int MaxBatch = 256;
    private const int MaxWaiting = 4096;
    private static readonly TimeSpan QueueDeadline = TimeSpan.FromSeconds(10);

    private readonly Channel<WriteOperation> _queue = Channel.CreateBounded<WriteOperation>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );
    private readonly SqliteConnection _connection;
    private readonly PooledDbContextFactory<SqliteStoreContext> _contexts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _loop;

    /// <param name="connection">Open, and used by nobody else; disposed with the writer.</param>
    /// <param name="time">For the queue's deadline.</param>
    /// <param name="logger">Where failed commits are reported.</param>
    /// <param name="interceptors">See what is written before it is.</param>
    public SqliteWriter(
        SqliteConnection connection,
        TimeProvider time,
        ILogger logger,
        params IInterceptor[] interceptors
    )
    {
        _connection = connection;
        // One, used again and again: making it costs as much as a small write.
        _contexts = new PooledDbContextFactory<SqliteStoreContext>(
            new DbContextOptionsBuilder<SqliteStoreContext>()
                .UseSqlite(connection)
                .AddInterceptors(interceptors)
                .Options,
            poolSize: 1
        );
        _time = time;
        _logger = logger;
        // A thread of its own: flushing the disk blocks, and must not take one from the pool.
        _loop = Task.Factory.StartNew(
            Loop,
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    /// <summary>Queues a write and waits until it is on the disk.</summary>
    /// <exception cref="StoreBusyException">The queue stayed full.</exception>
    /// <exception cref="StoreFailedException">The commit failed.</exception>
    public async Task<T> WriteAsync<T>(
        Func<StoreContext, CancellationToken, Task<T>> write,
        CancellationToken cancellationToken
    )
    {
        var operation = new WriteOperationOf<T>(write);
        await EnqueueAsync(operation, cancellationToken);
        await using var withdrawal = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var waiting = (WriteOperationOf<T>)state!;
                if (waiting.TryWithdraw())
                {
                    waiting.Cancel(token);
                }
            },
            operation
        );
        return await operation.Completion;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        await _connection.DisposeAsync();
    }

    private async ValueTask EnqueueAsync(WriteOperation operation, CancellationToken cancellationToken)
    {
        try
        {
            if (!_queue.Writer.TryWrite(operation))
            {
                using var deadline = new CancellationTokenSource(QueueDeadline, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
                try
                {
                    await _queue.Writer.WriteAsync(operation, either.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    throw new StoreBusyException($"{MaxWaiting} writes wait for the store; try again later.");
                }
            }
        }
        catch (ChannelClosedException error)
        {
            throw new StoreFailedException("The store is closed: the gateway is shutting down.", false, error);
        }
        StoreMetrics.Waiting.Inc();
    }

    private void Loop()
    {
        var batch = new List<WriteOperation>(MaxBatch);
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var operation))
            {
                StoreMetrics.Waiting.Dec();
                if (operation.TryTake())
                {
                    batch.Add(operation);
                }
            }
            if (batch.Count > 0)
            {
                CommitTogether(batch);
            }
        }
    }

    private void CommitTogether(List<WriteOperation> batch)
    {
        var done = new List<WriteOperation>(batch.Count);
        var failed = new List<(WriteOperation Operation, Exception Error)>();
        try
        {
            using var transaction = _connection.BeginTransaction(deferred: false);
            foreach (var operation in batch)
            {
                transaction.Save("write");
                try
                {
                    Execute(operation, transaction);
                    done.Add(operation);
                }
                catch (Exception error) when (!EndsTransaction(error))
                {
                    transaction.Rollback("write");
                    failed.Add((operation, error));
                }
                transaction.Release("write");
            }
            var start = Stopwatch.GetTimestamp();
            transaction.Commit();
            StoreMetrics.CommitSeconds.Observe(Stopwatch.GetElapsedTime(start).TotalSeconds);
            StoreMetrics.BatchSize.Observe(batch.Count);
        }
        catch (Exception error)
        {
            Log.CommitFailed(_logger, batch.Count, error);
            StoreMetrics.Writes.WithLabels("failed").Inc(batch.Count);
            StoreMetrics.Up.Set(0);
            var failure = Failure(error);
            batch.ForEach(operation => operation.Fail(failure));
            return;
        }
        StoreMetrics.Up.Set(1);
        StoreMetrics.Writes.WithLabels("ok").Inc(done.Count);
        StoreMetrics.Writes.WithLabels("failed").Inc(failed.Count);
        done.ForEach(operation => operation.Complete());
        failed.ForEach(one => one.Operation.Fail(one.Error));
    }

    private void Execute(WriteOperation operation, SqliteTransaction transaction)
    {
        using var context = _contexts.CreateDbContext();
        // The savepoint around the whole write is enough.
        context.Database.AutoSavepointsEnabled = false;
        context.Database.UseTransaction(transaction);
        operation.ExecuteAsync(context).GetAwaiter().GetResult();
    }

    /// <summary>True for errors after which SQLite may have rolled back everything, the other writes included.</summary>
    private static bool EndsTransaction(Exception error) => SqliteCode(error) is Full or IoError or NoMemory or Corrupt;

    private static StoreFailedException Failure(Exception error) =>
        SqliteCode(error) == Full
            ? new StoreFailedException("The disk that holds the data directory is full.", diskFull: true, error)
            : new StoreFailedException("The store could not commit.", diskFull: false, error);

    private const int NoMemory = 7;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;

    private static int SqliteCode(Exception error) =>
        error switch
        {
            SqliteException sqlite => sqlite.SqliteErrorCode,
            { InnerException: { } inner } => SqliteCode(inner),
            _ => 0,
        };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The store could not commit {Writes} writes; their callers were told.")]
        public static partial void CommitFailed(ILogger logger, int writes, Exception error);
    }
}
