using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Logging.Abstractions;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Store.Sqlite;

namespace SandboxOperator.Gateway.Tests.Http;

public sealed class PagingTests : IAsyncLifetime
{
    private const int MaxItems = 30;
    private readonly string _directory = Directory.CreateTempSubdirectory("paging-").FullName;
    private SqliteStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _store = new SqliteStore(
            Path.Combine(_directory, "store.db"),
            TimeProvider.System,
            NullLogger<SqliteStore>.Instance
        );
        await _store.OpenAsync(CancellationToken.None);
        // One list for every length, all made in the same second.
        await _store.WriteAsync(
            async (context, token) =>
            {
                for (var item = 0; item < MaxItems; item++)
                {
                    for (var list = item + 1; list <= MaxItems; list++)
                    {
                        context.Assistants.Add(
                            new AssistantEntity
                            {
                                Id = $"a{item}",
                                Project = $"{list}",
                                Model = "m",
                                CreatedAtMs = 1,
                            }
                        );
                    }
                    await context.SaveChangesAsync(token);
                }
                return 0;
            },
            CancellationToken.None
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Property(MaxTest = 60)]
    public Property A_walk_in_any_direction_gives_every_item_once_in_order() =>
        Prop.ForAll(
            Gen.Choose(0, MaxItems).ToArbitrary(),
            Gen.Choose(1, MaxItems + 1).ToArbitrary(),
            ArbMap.Default.ArbFor<bool>(),
            (count, limit, ascending) =>
            {
                var expected = Enumerable.Range(0, count).Select(item => $"a{item}").ToList();
                if (!ascending)
                {
                    expected.Reverse();
                }
                Forwards(count, limit, ascending).ShouldBe(expected);
                if (count > 0)
                {
                    Backwards(count, limit, ascending, expected[^1]).ShouldBe(expected.SkipLast(1));
                    Page(count, new ListQuery(MaxItems, ascending, expected[0], expected[^1]))
                        .Items.Select(item => item.Id)
                        .ShouldBe(expected.Skip(1).SkipLast(1));
                }
            }
        );

    private List<string> Forwards(int list, int limit, bool ascending)
    {
        var seen = new List<string>();
        while (true)
        {
            var page = Page(list, new ListQuery(limit, ascending, seen.LastOrDefault(), null));
            seen.AddRange(page.Items.Select(item => item.Id));
            if (!page.HasMore)
            {
                return seen;
            }
            page.Items.Count.ShouldBe(limit);
        }
    }

    private List<string> Backwards(int list, int limit, bool ascending, string end)
    {
        var seen = new List<string>();
        while (true)
        {
            var page = Page(list, new ListQuery(limit, ascending, null, seen.FirstOrDefault() ?? end));
            seen.InsertRange(0, page.Items.Select(item => item.Id));
            if (!page.HasMore)
            {
                return seen;
            }
        }
    }

    private ListPage<AssistantEntity> Page(int list, ListQuery query) =>
        _store
            .ReadAsync(
                (context, token) => context.Assistants.Where(row => row.Project == $"{list}").PageAsync(query, token),
                CancellationToken.None
            )
            .GetAwaiter()
            .GetResult();
}
