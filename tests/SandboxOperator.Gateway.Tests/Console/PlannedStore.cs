using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Sqlite;

namespace SandboxOperator.Gateway.Tests.Console;

/// <summary>A store that keeps how SQLite would find what is read from it.</summary>
internal sealed class PlannedStore : DbCommandInterceptor, IStore, IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("plans-").FullName;

    private PlannedStore() { }

    /// <summary>The statements that were read with, and the steps that each takes.</summary>
    public List<(string Sql, IReadOnlyList<string> Steps)> Plans { get; } = [];

    public static async Task<PlannedStore> OpenAsync()
    {
        var store = new PlannedStore();
        await using var context = new SqliteStoreContext(store.Options().Options);
        await context.Database.MigrateAsync();
        return store;
    }

    public async Task<T> ReadAsync<T>(
        Func<StoreContext, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken
    )
    {
        await using var context = new SqliteStoreContext(Options().AddInterceptors(this).Options);
        return await read(context, cancellationToken);
    }

    public async Task<T> WriteAsync<T>(
        Func<StoreContext, CancellationToken, Task<T>> write,
        CancellationToken cancellationToken
    )
    {
        await using var context = new SqliteStoreContext(Options().Options);
        return await write(context, cancellationToken);
    }

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default
    )
    {
        await using var explain = command.Connection!.CreateCommand();
        explain.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        foreach (SqliteParameter parameter in command.Parameters)
        {
            explain.Parameters.Add(new SqliteParameter(parameter.ParameterName, parameter.Value));
        }

        var steps = new List<string>();
        await using var reader = await explain.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            steps.Add(reader.GetString(3));
        }

        Plans.Add((command.CommandText, steps));
        return result;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private DbContextOptionsBuilder<SqliteStoreContext> Options() =>
        new DbContextOptionsBuilder<SqliteStoreContext>().UseSqlite(
            $"Data Source={Path.Combine(_directory, "store.db")};Pooling=False"
        );
}
