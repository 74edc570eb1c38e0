using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Store.Sqlite;

namespace SandboxOperator.Gateway.Tests.Store;

public sealed class SqliteStoreTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("store-").FullName;
    private SqliteStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Writes_that_wait_together_all_arrive_in_order()
    {
        var writes = Enumerable.Range(0, 500).Select(i => AddAsync($"t{i}")).ToList();
        await Task.WhenAll(writes);

        var ids = await _store.ReadAsync(
            (context, token) => context.Threads.OrderBy(row => row.Seq).Select(row => row.Id).ToListAsync(token),
            CancellationToken.None
        );
        ids.ShouldBe(Enumerable.Range(0, 500).Select(i => $"t{i}"));
    }

    [Fact]
    public async Task A_read_that_has_not_found_anything_yet_ends_when_it_is_cancelled()
    {
        const string Endless =
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS Value FROM n WHERE x < 0";
        using var cancelled = new CancellationTokenSource();
        var endless = Task.Run(() =>
            _store.ReadAsync(
                (context, token) =>
                {
                    cancelled.CancelAfter(TimeSpan.FromMilliseconds(50));
                    return context.Database.SqlQueryRaw<long>(Endless).ToListAsync(token);
                },
                cancelled.Token
            )
        );

        await Should.ThrowAsync<OperationCanceledException>(endless.WaitAsync(TimeSpan.FromMinutes(1)));

        // The connection is none the worse for it.
        await AddAsync("after");
        (await IdsAsync()).ShouldBe(["after"]);
    }

    [Fact]
    public async Task A_write_that_throws_leaves_nothing_behind_and_the_others_in_peace()
    {
        var (hold, held) = await HoldAsync();
        var before = AddAsync("before");
        var failing = _store.WriteAsync<int>(
            async (context, token) =>
            {
                context.Threads.Add(Thread("half"));
                await context.SaveChangesAsync(token);
                throw new InvalidTimeZoneException("mine");
            },
            CancellationToken.None
        );
        var twice = AddAsync("before");
        var after = AddAsync("after");
        hold.SetResult();

        await held;
        await before;
        (await Should.ThrowAsync<InvalidTimeZoneException>(failing)).Message.ShouldBe("mine");
        await Should.ThrowAsync<DbUpdateException>(twice);
        await after;
        (await IdsAsync()).ShouldBe(["after", "before"]);
    }

    [Fact]
    public async Task A_write_that_nobody_waits_for_any_more_is_not_begun()
    {
        var (hold, held) = await HoldAsync();
        using var leaving = new CancellationTokenSource();
        var withdrawn = _store.WriteAsync(
            (context, token) =>
            {
                context.Threads.Add(Thread("withdrawn"));
                return context.SaveChangesAsync(token);
            },
            leaving.Token
        );
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(withdrawn);
        hold.SetResult();
        await held;
        (await IdsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Readers_see_what_was_acknowledged_and_never_wait_for_a_writer()
    {
        await AddAsync("one");
        var (hold, held) = await HoldAsync();
        (await IdsAsync()).ShouldBe(["one"]);
        hold.SetResult();
        await held;
    }

    [Fact]
    public async Task Numbers_are_never_given_again()
    {
        await AddAsync("one");
        await AddAsync("two");
        await _store.WriteAsync((context, token) => context.Threads.ExecuteDeleteAsync(token), CancellationToken.None);
        await AddAsync("three");
        var seq = await _store.ReadAsync(
            (context, token) => context.Threads.Select(row => row.Seq).SingleAsync(token),
            CancellationToken.None
        );
        seq.ShouldBe(3);
    }

    [Fact]
    public async Task A_closed_store_has_one_file_and_opens_again_even_after_a_migration_was_cut_off()
    {
        await AddAsync("kept");
        await _store.WriteAsync(
            (context, token) =>
                context.Database.ExecuteSqlRawAsync(
                    """INSERT OR REPLACE INTO "__EFMigrationsLock" VALUES (1, '2026-01-01')""",
                    token
                ),
            CancellationToken.None
        );
        await _store.DisposeAsync();
        Directory.GetFiles(_directory).Select(Path.GetFileName).ShouldBe(["store.db"]);

        _store = await OpenAsync();
        (await IdsAsync()).ShouldBe(["kept"]);
    }

    [Fact]
    public void The_migrations_make_the_model()
    {
        using var context = new SqliteStoreContextFactory().CreateDbContext([]);
        context.Database.HasPendingModelChanges().ShouldBeFalse("run: dotnet ef migrations add NAME");
    }

    [Fact]
    public void A_data_directory_is_used_by_one_gateway_at_a_time()
    {
        using (DataDirectory.Open(Path.Combine(_directory, "data")))
        {
            var error = Should.Throw<DataDirectoryException>(() =>
                DataDirectory.Open(Path.Combine(_directory, "data"))
            );
            error.Message.ShouldContain("Another gateway uses");
        }
        DataDirectory.Open(Path.Combine(_directory, "data")).Dispose();
    }

    /// <summary>Keeps the writer in a write, so that those behind it share the next transaction.</summary>
    private async Task<(TaskCompletionSource Release, Task Held)> HoldAsync()
    {
        var release = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        var held = _store.WriteAsync(
            async (_, token) =>
            {
                entered.SetResult();
                await release.Task.WaitAsync(TimeSpan.FromMinutes(3), token);
                return 0;
            },
            CancellationToken.None
        );
        await entered.Task;
        return (release, held);
    }

    private async Task<SqliteStore> OpenAsync()
    {
        var store = new SqliteStore(
            Path.Combine(_directory, "store.db"),
            TimeProvider.System,
            NullLogger<SqliteStore>.Instance
        );
        await store.OpenAsync(CancellationToken.None);
        return store;
    }

    private Task<int> AddAsync(string id) =>
        _store.WriteAsync(
            (context, token) =>
            {
                context.Threads.Add(Thread(id));
                return context.SaveChangesAsync(token);
            },
            CancellationToken.None
        );

    private Task<List<string>> IdsAsync() =>
        _store.ReadAsync(
            (context, token) => context.Threads.OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(token),
            CancellationToken.None
        );

    private static ThreadEntity Thread(string id) => new() { Id = id, Project = "default" };
}
