using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace SandboxOperator.Gateway.Store.Sqlite;

/// <summary>
/// The store in one SQLite file: one writer (see <see cref="SqliteWriter"/>), any number of readers on connections of
/// their own, which in WAL mode neither wait for it nor hold it up.
/// </summary>
internal sealed partial class SqliteStore(
    string path,
    TimeProvider time,
    ILogger<SqliteStore> logger,
    params IInterceptor[] interceptors
) : IStore, IAsyncDisposable
{
    private const int BusySeconds = 10;

    private readonly string _connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        DefaultTimeout = BusySeconds,
        Pooling = true,
    }.ToString();

    private PooledDbContextFactory<SqliteStoreContext>? _readers;
    private SqliteWriter? _writer;

    /// <summary>Opens the file, brings its schema up to date, and starts the writer.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await MigrateAsync(_connectionString, cancellationToken);
        _readers = new PooledDbContextFactory<SqliteStoreContext>(
            new DbContextOptionsBuilder<SqliteStoreContext>()
                .UseSqlite(_connectionString)
                .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
                // Whoever reads gets the exception, and says what is to be said of it.
                .ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.QueryIterationFailed))
                .Options
        );
        var connection = new SqliteConnection(_connectionString + ";Pooling=False");
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, DurableSettings, cancellationToken);
        _writer = new SqliteWriter(connection, time, logger, interceptors);
        Log.Opened(logger, path);
    }

    public async Task<T> ReadAsync<T>(
        Func<StoreContext, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken
    )
    {
        var readers = _readers ?? throw NotOpen();
        await using var context = await readers.CreateDbContextAsync(cancellationToken);
        // One connection for all of the read, which is interrupted even in the middle of a long search.
        await context.Database.OpenConnectionAsync(cancellationToken);
        using var interruption = new QueryInterruption(context.Database.GetDbConnection(), cancellationToken);
        try
        {
            return await read(context, cancellationToken);
        }
        catch (SqliteException exception) when (interruption.Caused(exception))
        {
            throw new OperationCanceledException("The read was interrupted.", exception, cancellationToken);
        }
    }

    public Task<T> WriteAsync<T>(
        Func<StoreContext, CancellationToken, Task<T>> write,
        CancellationToken cancellationToken
    ) => (_writer ?? throw NotOpen()).WriteAsync(write, cancellationToken);

    /// <summary>Finishes the writes that wait, and folds the log into the file so that the next start is quick.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_writer is null)
        {
            return;
        }
        await _writer.DisposeAsync();
        _writer = null;
        await using (var pooled = new SqliteConnection(_connectionString))
        {
            SqliteConnection.ClearPool(pooled);
        }
        await using var connection = new SqliteConnection(_connectionString + ";Pooling=False");
        await connection.OpenAsync();
        await ExecuteAsync(connection, "PRAGMA wal_checkpoint(TRUNCATE)", CancellationToken.None);
    }

    /// <summary>Write-ahead log, flushed at every commit: what was acknowledged survives power loss.</summary>
    private const string DurableSettings =
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-32768;";

    private static async Task MigrateAsync(string connectionString, CancellationToken cancellationToken)
    {
        var options = new DbContextOptionsBuilder<SqliteStoreContext>().UseSqlite(connectionString).Options;
        await using var context = new SqliteStoreContext(options);
        // EF's migration lock is a row that outlives a killed process. The data directory has a lock of its own, so
        // whatever is there now is such a leftover.
        await context.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static InvalidOperationException NotOpen() => new("The store has not been opened yet.");

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Store opened: {Path}.")]
        public static partial void Opened(ILogger logger, string path);
    }
}
