using System.Globalization;
using SandboxOperator.Gateway.Ledger.Usage;

namespace SandboxOperator.Gateway.Ledger.Budgets;

/// <summary>
/// Keeps what the budgets' projects have spent in the current periods: read from the ledger at the start, counted here
/// afterwards. What is about to be spent is counted before it is stored, so that two who ask at once cannot both have
/// the last dollar.
/// </summary>
internal sealed partial class BudgetBook(
    IReadOnlyList<Budget> budgets,
    UsageReader usage,
    TimeProvider time,
    ILogger<BudgetBook> logger
)
{
    private readonly Lock _lock = new();
    private readonly Line[] _lines = [.. budgets.Select(budget => new Line(budget))];

    /// <summary>Reads what was spent before the gateway started.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var line in _lines)
        {
            var now = time.GetUtcNow();
            var start = line.Budget.StartAt(now);
            var spent = await usage.NanosAsync(
                UsageRange.Days(start, line.Budget.EndAt(now)),
                line.Budget.Project == Budget.AllProjects ? null : line.Budget.Project,
                cancellationToken
            );
            lock (_lock)
            {
                line.Start = start;
                line.Spent = spent;
            }
        }

        Refresh();
    }

    /// <summary>Where the budgets stand.</summary>
    /// <param name="project">Only those that cover this project by its name; null for all.</param>
    public IReadOnlyList<BudgetState> States(string? project = null)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            return
            [
                .. _lines
                    .Where(line => project is null || line.Budget.Project == project)
                    .Select(line => StateOf(line, now)),
            ];
        }
    }

    /// <summary>Shows where the budgets stand, also when a period has ended and nobody spends.</summary>
    public void Refresh()
    {
        foreach (var state in States())
        {
            LedgerMetrics.Show(state);
        }
    }

    /// <summary>Refuses a project that has nothing left to spend.</summary>
    /// <exception cref="BudgetExceededException">A budget is used up.</exception>
    public void RequireLeft(string project) => Take(project, 1, spend: false);

    /// <summary>Refuses what a project cannot pay.</summary>
    /// <exception cref="BudgetExceededException">A budget has less left.</exception>
    public void Require(string project, long nanos) => Take(project, nanos, spend: false);

    /// <summary>Spends what a project can pay.</summary>
    /// <exception cref="BudgetExceededException">A budget has less left; nothing was spent.</exception>
    public void SpendWithin(string project, long nanos) => Take(project, nanos, spend: true);

    /// <summary>Spends what cannot be refused any more; less than 0 gives back.</summary>
    public void Spend(string project, long nanos)
    {
        lock (_lock)
        {
            Add(project, nanos, time.GetUtcNow());
        }
    }

    private void Take(string project, long nanos, bool spend)
    {
        if (nanos <= 0)
        {
            return;
        }

        lock (_lock)
        {
            var now = time.GetUtcNow();
            foreach (var line in _lines.Where(line => line.Budget.Covers(project)))
            {
                if (StateOf(line, now).SpentNanos + nanos > line.Budget.LimitNanos)
                {
                    Refuse(line, now);
                }
            }

            if (spend)
            {
                Add(project, nanos, now);
            }
        }
    }

    private void Add(string project, long nanos, DateTimeOffset now)
    {
        foreach (var line in _lines.Where(line => line.Budget.Covers(project)))
        {
            var before = StateOf(line, now).UsedRatio;
            line.Spent += nanos;
            var state = StateOf(line, now);
            LedgerMetrics.Show(state);
            if (before < line.Budget.WarnAt && state.UsedRatio >= line.Budget.WarnAt)
            {
                Log.Near(
                    logger,
                    line.Budget.Project,
                    line.Budget.Period,
                    Nanos.ToDollars(line.Spent),
                    Nanos.ToDollars(line.Budget.LimitNanos),
                    state.End
                );
            }
        }
    }

    private void Refuse(Line line, DateTimeOffset now)
    {
        var (budget, end) = (line.Budget, line.Budget.EndAt(now));
        LedgerMetrics.Refused(budget);
        if (!line.HasRefused)
        {
            line.HasRefused = true;
            Log.UsedUp(
                logger,
                budget.Project,
                budget.Period,
                Nanos.ToDollars(line.Spent),
                Nanos.ToDollars(budget.LimitNanos),
                end
            );
        }

        // What others spend is not told to a project.
        var whose =
            budget.Project == Budget.AllProjects
                ? "The budget of this server"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"The budget of project '{budget.Project}', ${Nanos.ToDollars(budget.LimitNanos):0.######} a {(budget.Period == BudgetPeriod.Day ? "day" : "month")}, of which ${Nanos.ToDollars(line.Spent):0.######} is spent,"
                );
        throw new BudgetExceededException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{whose} does not allow this any more, so nothing was started. It begins anew at {end:yyyy-MM-dd'T'HH:mm'Z'}; who runs the server can raise it (setting {BudgetOptions.Section})."
            )
        );
    }

    /// <summary>A new period begins with nothing spent.</summary>
    private static BudgetState StateOf(Line line, DateTimeOffset now)
    {
        var start = line.Budget.StartAt(now);
        if (start > line.Start)
        {
            (line.Start, line.Spent, line.HasRefused) = (start, 0, false);
        }

        return new BudgetState(line.Budget, line.Spent, start, line.Budget.EndAt(now));
    }

    private sealed class Line(Budget budget)
    {
        public Budget Budget { get; } = budget;
        public DateTimeOffset Start { get; set; }
        public long Spent { get; set; }
        public bool HasRefused { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "The budget of project {Project} for a {Period} is nearly used up: {Spent} of {Limit} dollars, until {End}"
        )]
        public static partial void Near(
            ILogger logger,
            string project,
            BudgetPeriod period,
            decimal spent,
            decimal limit,
            DateTimeOffset end
        );

        [LoggerMessage(
            LogLevel.Warning,
            "The budget of project {Project} for a {Period} is used up: {Spent} of {Limit} dollars; runs are refused until {End}"
        )]
        public static partial void UsedUp(
            ILogger logger,
            string project,
            BudgetPeriod period,
            decimal spent,
            decimal limit,
            DateTimeOffset end
        );
    }
}
