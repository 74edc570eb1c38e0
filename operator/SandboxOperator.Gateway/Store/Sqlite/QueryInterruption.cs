using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SandboxOperator.Gateway.Store.Sqlite;

/// <summary>
/// Interrupts what a connection does when a token is cancelled, for as long as it exists. The provider itself looks at
/// tokens only between rows, and a search that finds nothing has none.
/// </summary>
internal sealed class QueryInterruption : IDisposable
{
    /// <summary>How many steps of SQLite's machine pass between two looks: well under a millisecond.</summary>
    private const int Steps = 10_000;

    private readonly sqlite3? _handle;
    private readonly CancellationToken _token;

    public QueryInterruption(DbConnection connection, CancellationToken token)
    {
        _token = token;
        if (token.CanBeCanceled)
        {
            _handle = ((SqliteConnection)connection).Handle;
            raw.sqlite3_progress_handler(_handle, Steps, _ => _token.IsCancellationRequested ? 1 : 0, null);
        }
    }

    /// <summary>Whether an exception says that a query was interrupted by the token.</summary>
    public bool Caused(SqliteException exception) =>
        exception.SqliteErrorCode == raw.SQLITE_INTERRUPT && _token.IsCancellationRequested;

    /// <summary>The connection may serve others again.</summary>
    public void Dispose()
    {
        if (_handle is not null)
        {
            raw.sqlite3_progress_handler(_handle, 0, null, null);
        }
    }
}
