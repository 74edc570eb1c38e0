using Microsoft.EntityFrameworkCore;

namespace SandboxOperator.Gateway.Store.Sqlite;

/// <summary>The store's model on SQLite, with its own migrations.</summary>
internal sealed class SqliteStoreContext(DbContextOptions<SqliteStoreContext> options) : StoreContext(options);
