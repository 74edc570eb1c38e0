using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Console.Runs;
using SandboxOperator.Gateway.Console.Threads;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Tests.Console;

/// <summary>Lists take time by the length of a page, not of a table: SQLite says how it finds what the pages ask for.</summary>
public sealed class QueryPlanTests : IAsyncLifetime
{
    private const int Runs = 60;
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(Now);
    private PlannedStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await PlannedStore.OpenAsync();
        await _store.WriteAsync(FillAsync, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_of_runs_is_found_by_an_index_in_its_order(bool admin)
    {
        var lister = new RunLister(_store, _time);
        foreach (
            var query in (string[])
                [
                    "",
                    "before=30",
                    "project=a",
                    "status=failed",
                    "status=failed&project=a&before=30",
                    "assistant=asst_1",
                    "assistant=asst_1&project=a",
                    "assistant=asst_1&status=failed",
                    "thread=thread_2",
                    "thread=thread_2&project=a",
                    "thread=thread_2&status=completed&assistant=asst_1&since=30d&before=59",
                    "since=1h",
                    "since=1h&project=a&status=failed",
                ]
        )
        {
            _store.Plans.Clear();
            var filter = RunFilter.Read(new QueryCollection(QueryHelpers.ParseQuery(query)));

            var page = await lister.ListAsync(Viewer(admin), filter, CancellationToken.None);

            page.GaveUp.ShouldBeFalse();
            page.Rows.Select(row => row.Seq).ShouldBe(Expected(admin, filter), query);
            page.Rows.ShouldAllBe(row => row.AssistantName == $"{row.Project} {row.AssistantId}");
            ShouldBeBounded();
            if (filter.Thread is not null)
            {
                _store.Plans.SelectMany(plan => plan.Steps).ShouldContain(step => step.Contains("(ThreadId=?"));
            }
        }
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(true, 10L)]
    [InlineData(false, null)]
    [InlineData(false, 10L)]
    public async Task A_page_of_threads_is_found_by_an_index_in_its_order(bool admin, long? before)
    {
        var reader = new ThreadReader(_store, new RunLister(_store, _time));

        var (rows, _) = await reader.ListAsync(Viewer(admin), before, CancellationToken.None);

        rows.ShouldNotBeEmpty();
        rows.ShouldAllBe(row => (admin || row.Project == "a") && (before == null || row.Seq < before));
        ShouldBeBounded();
    }

    [Fact]
    public async Task A_page_of_a_project_s_assistants_is_found_by_an_index_in_its_order()
    {
        var page = await _store.ReadAsync(
            (context, token) =>
                context
                    .Assistants.Where(row => row.Project == "a")
                    .PageAsync(new ListQuery(20, Ascending: false, null, null), token),
            CancellationToken.None
        );

        page.Items.ShouldNotBeEmpty();
        ShouldBeBounded();
    }

    private static IEnumerable<long> Expected(bool admin, RunFilter filter) =>
        Enumerable
            .Range(1, Runs)
            .Reverse()
            .Where(seq => admin ? filter.Project is null || Project(seq) == filter.Project : Project(seq) == "a")
            .Where(seq => filter.Before is null || seq < filter.Before)
            .Where(seq => filter.Status is null || Status(seq) == filter.Status)
            .Where(seq => filter.Assistant is null || Assistant(seq) == filter.Assistant)
            .Where(seq => filter.Thread is null || Thread(seq) == filter.Thread)
            .Where(seq => !(CreatedAtMs(seq) < filter.SinceMs(Now.ToUnixTimeMilliseconds())))
            .Take(50)
            .Select(seq => (long)seq);

    /// <summary>Each statement goes by an index, and none sorts. One may walk a table in its order up to the page's end.</summary>
    private void ShouldBeBounded()
    {
        _store.Plans.ShouldNotBeEmpty();
        foreach (var (sql, steps) in _store.Plans)
        {
            var walks =
                sql.Contains("ORDER BY", StringComparison.Ordinal)
                && sql.Contains("LIMIT", StringComparison.Ordinal)
                && !sql.Contains("WHERE", StringComparison.Ordinal);
            foreach (var step in steps)
            {
                step.ShouldNotContain("TEMP B-TREE FOR ORDER BY", customMessage: sql);
                if (
                    step.StartsWith("SCAN", StringComparison.Ordinal)
                    && !IsOfPage(step)
                    && !sql.EndsWith("WHERE 0", StringComparison.Ordinal)
                )
                {
                    walks.ShouldBeTrue($"{step}\n{sql}");
                }
            }
        }
    }

    /// <summary>Of the parameters, or of what a statement has put together itself.</summary>
    private static bool IsOfPage(string step) =>
        step.Contains("VIRTUAL TABLE", StringComparison.Ordinal)
        || step is "SCAN Found" or "SCAN CONSTANT ROW"
        || step.StartsWith("SCAN (", StringComparison.Ordinal);

    private static Viewer Viewer(bool admin) => new("a", admin, true, null, "", Now.ToUnixTimeMilliseconds());

    private static string Project(int seq) => seq % 2 == 0 ? "a" : "b";

    private static string Thread(int seq) => $"thread_{seq % 10}";

    private static string Assistant(int seq) => $"asst_{seq % 3}";

    private static string Status(int seq) => seq % 5 == 0 ? "failed" : "completed";

    /// <summary>Ten minutes apart; some were stored a little late.</summary>
    private static long CreatedAtMs(int seq) =>
        Now.AddMinutes(10 * (seq - Runs)).AddSeconds(seq % 7 == 0 ? -5 : 0).ToUnixTimeMilliseconds();

    private static async Task<bool> FillAsync(
        SandboxOperator.Gateway.Store.StoreContext context,
        CancellationToken cancellationToken
    )
    {
        for (var number = 0; number < 10; number++)
        {
            context.Threads.Add(new ThreadEntity { Id = Thread(number), Project = Project(number) });
            await context.SaveChangesAsync(cancellationToken);
        }

        foreach (var project in (string[])["a", "b"])
        {
            for (var number = 0; number < 3; number++)
            {
                context.Assistants.Add(
                    new AssistantEntity
                    {
                        Id = Assistant(number),
                        Project = project,
                        Name = $"{project} {Assistant(number)}",
                        Model = "m",
                    }
                );
            }
        }

        for (var seq = 1; seq <= Runs; seq++)
        {
            context.Messages.Add(
                new MessageEntity
                {
                    Id = $"msg_{seq}",
                    Project = Project(seq),
                    ThreadId = Thread(seq),
                    Role = "user",
                }
            );
            context.Runs.Add(
                new RunEntity
                {
                    Id = $"run_{seq}",
                    Project = Project(seq),
                    ThreadId = Thread(seq),
                    AssistantId = Assistant(seq),
                    Status = Status(seq),
                    CreatedAtMs = CreatedAtMs(seq),
                    AfterMessageSeq = seq,
                    Model = "m",
                }
            );
            await context.SaveChangesAsync(cancellationToken);
        }

        return true;
    }
}
