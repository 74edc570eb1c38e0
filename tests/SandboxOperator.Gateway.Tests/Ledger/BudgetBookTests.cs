using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Prometheus;
using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.Tests.Hosting;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Tests.Ledger;

public sealed class BudgetBookTests : IDisposable
{
    private const string Project = "budget-book-tests";
    private const string Thread = "thread_1";
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2027, 1, 31, 23, 0, 0, TimeSpan.Zero));
    private readonly LogCapture _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task The_log_warns_once_when_a_budget_is_nearly_and_once_when_it_is_used_up_in_each_period()
    {
        await using var ledger = await LedgerStore.OpenAsync();
        var book = await OpenAsync(ledger, warnAt: 0.5);
        for (var month = 1; month <= 2; month++)
        {
            book.SpendWithin(Project, Thread, 40);
            _log.Lines.ShouldBeEmpty();
            book.SpendWithin(Project, Thread, 30);
            book.SpendWithin(Project, Thread, 30);
            _log.Lines.ShouldHaveSingleItem().ShouldContain("nearly used up");
            Should.Throw<BudgetExceededException>(() => book.SpendWithin(Project, Thread, 1));
            Should.Throw<BudgetExceededException>(() => book.RequireLeft(Project));
            _log.Lines.Count.ShouldBe(2);
            _log.Lines.Last().ShouldContain("is used up");

            // What nobody could refuse counts as well, and what is given back may be spent again.
            book.Spend(Project, Thread, 10);
            book.States().Single().UsedRatio.ShouldBe(1.1);
            book.Spend(Project, Thread, -20);
            book.SpendWithin(Project, Thread, 10);

            _time.Advance(TimeSpan.FromHours(2));
            _log.Lines.Clear();
        }
    }

    [Fact]
    public async Task A_clock_that_was_ahead_and_came_back_has_forgotten_nothing()
    {
        await using var ledger = await LedgerStore.OpenAsync();
        var book = await OpenAsync(ledger, warnAt: 0.5);
        book.SpendWithin(Project, Thread, 90);

        var right = _time.GetUtcNow();
        _time.AdjustTime(right.AddDays(40));
        book.SpendWithin(Project, Thread, 30);
        _time.AdjustTime(right);

        book.States().Single().SpentNanos.ShouldBe(90);
        Should.Throw<BudgetExceededException>(() => book.SpendWithin(Project, Thread, 20));
    }

    [Fact]
    public async Task The_cluster_is_told_once_a_level_and_period_of_the_thread_that_spent()
    {
        await using var ledger = await LedgerStore.OpenAsync();
        var warnings = new KeptWarnings();
        var book = await OpenAsync(ledger, warnAt: 0.5, warnings);
        for (var month = 1; month <= 2; month++)
        {
            book.SpendWithin(Project, "thread_a", 40);
            book.SpendWithin("another", "thread_b", 60);
            warnings.ShouldBeEmpty();

            book.SpendWithin(Project, "thread_c", 20);
            book.Spend(Project, "thread_c", -20);
            book.SpendWithin(Project, "thread_d", 30);
            warnings.ShouldHaveSingleItem().ShouldBe((Project, "thread_c", "BudgetNear", warnings[0].Message));
            warnings[0].Message.ShouldContain("50 %");
            warnings[0].Message.ShouldContain(month == 1 ? "2027-02-01" : "2027-03-01");

            // What is left is too little, and nobody has spent it: who came nearest is meant.
            Should.Throw<BudgetExceededException>(() => book.SpendWithin(Project, "thread_e", 40));
            Should.Throw<BudgetExceededException>(() => book.Require(Project, 40));
            book.SpendWithin(Project, "thread_f", 30);
            book.Spend(Project, "thread_f", 10);
            warnings.Count.ShouldBe(2);
            warnings[1].ShouldBe((Project, "thread_d", "BudgetSpent", warnings[1].Message));
            warnings[1].Message.ShouldContain(Project);

            _time.Advance(TimeSpan.FromHours(2));
            warnings.Clear();
        }
    }

    [Fact]
    public async Task The_last_dollar_is_told_of_when_it_is_spent_and_not_again_by_who_finds_it_spent()
    {
        await using var ledger = await LedgerStore.OpenAsync();
        var warnings = new KeptWarnings();
        var book = await OpenAsync(ledger, warnAt: 1, warnings);
        book.SpendWithin(Project, Thread, 100);
        warnings.Select(warning => warning.Reason).ShouldBe(["BudgetNear", "BudgetSpent"]);

        await ledger.ChargeAsync(0, 0, "of the month", _time.GetUtcNow().ToUnixTimeMilliseconds());
        var later = new KeptWarnings();
        var restarted = new BudgetBook(
            [new Budget(Budget.AllProjects, BudgetPeriod.Month, LedgerStore.Price, 1)],
            ledger.Usage,
            _time,
            LoggerFactory.Create(_ => { }).CreateLogger<BudgetBook>(),
            later
        );
        await restarted.LoadAsync(CancellationToken.None);
        Should.Throw<BudgetExceededException>(() => restarted.RequireLeft("even"));
        later.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_gauge_shows_what_is_used_and_that_a_new_period_has_begun()
    {
        await using var ledger = await LedgerStore.OpenAsync();
        var book = await OpenAsync(ledger, warnAt: 1);
        book.SpendWithin(Project, Thread, 25);
        (await ScrapeAsync()).ShouldContain(
            $"sandbox_budget_used_ratio{{project=\"{Project}\",period=\"month\"}} 0.25"
        );

        _time.Advance(TimeSpan.FromHours(1));
        book.Refresh();
        (await ScrapeAsync()).ShouldContain($"sandbox_budget_used_ratio{{project=\"{Project}\",period=\"month\"}} 0\n");
    }

    [Fact]
    public async Task What_was_spent_before_the_start_counts()
    {
        await using var ledger = await LedgerStore.OpenAsync();
        var now = _time.GetUtcNow();
        await ledger.ChargeAsync(0, 0, "this month", now.ToUnixTimeMilliseconds());
        await ledger.ChargeAsync(2, 0, "last month", now.AddMonths(-1).ToUnixTimeMilliseconds());
        var book = new BudgetBook(
            [
                new Budget("even", BudgetPeriod.Month, 2 * LedgerStore.Price, 1),
                new Budget("odd", BudgetPeriod.Day, 1, 1),
            ],
            ledger.Usage,
            _time,
            LoggerFactory.Create(_ => { }).CreateLogger<BudgetBook>()
        );
        await book.LoadAsync(CancellationToken.None);

        book.States("even").Single().SpentNanos.ShouldBe(LedgerStore.Price);
        book.States("odd").Single().SpentNanos.ShouldBe(0);
        book.States().Count.ShouldBe(2);
    }

    private async Task<BudgetBook> OpenAsync(LedgerStore ledger, double warnAt, ISessionWarnings? warnings = null)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        var book = new BudgetBook(
            [new Budget(Project, BudgetPeriod.Month, 100, warnAt)],
            ledger.Usage,
            _time,
            loggers.CreateLogger<BudgetBook>(),
            warnings
        );
        await book.LoadAsync(CancellationToken.None);
        return book;
    }

    private static async Task<string> ScrapeAsync()
    {
        using var text = new MemoryStream();
        await Metrics.DefaultRegistry.CollectAndExportAsTextAsync(text);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    private sealed class KeptWarnings
        : List<(string Project, string Thread, string Reason, string Message)>,
            ISessionWarnings
    {
        public void Warn(string project, string threadId, string reason, string message) =>
            Add((project, threadId, reason, message));
    }
}
