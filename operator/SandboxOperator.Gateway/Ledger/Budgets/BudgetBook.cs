using System.Globalization;
using SandboxOperator.Gateway.Ledger.Usage;
using SandboxOperator.Sandboxes;

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
    ILogger<BudgetBook> logger,
    ISessionWarnings? warnings = null
)
{
    private readonly Lock _lock = new();
    private readonly BudgetLine[] _lines = [.. budgets.Select(budget => new BudgetLine(budget))];

    /// <summary>Reads what was spent before the gateway started.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var line in _lines)
        {
            var now = time.GetUtcNow();
            var spent = await usage.NanosAsync(
                UsageRange.Days(line.Budget.StartAt(now), line.Budget.EndAt(now)),
                line.Budget.Project == Budget.AllProjects ? null : line.Budget.Project,
                cancellationToken
            );
            lock (_lock)
            {
                var count = line.At(now);
                count.Spent = spent;
                // Who spent the last dollar has told.
                count.HasTold = spent > 0 && spent >= line.Budget.LimitNanos;
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
                    .Select(line => line.StateAt(now)),
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
    public void RequireLeft(string project) => Take(project, 1, thread: null);

    /// <summary>Refuses what a project cannot pay.</summary>
    /// <exception cref="BudgetExceededException">A budget has less left.</exception>
    public void Require(string project, long nanos) => Take(project, nanos, thread: null);

    /// <summary>Spends for a thread what its project can pay.</summary>
    /// <exception cref="BudgetExceededException">A budget has less left; nothing was spent.</exception>
    public void SpendWithin(string project, string thread, long nanos) => Take(project, nanos, thread);

    /// <summary>Spends for a thread what cannot be refused any more; less than 0 gives back.</summary>
    public void Spend(string project, string thread, long nanos)
    {
        lock (_lock)
        {
            Add(project, thread, nanos, time.GetUtcNow());
        }
    }

    /// <param name="project">Who pays.</param>
    /// <param name="nanos">How much.</param>
    /// <param name="thread">For whom; null when it is not spent yet.</param>
    private void Take(string project, long nanos, string? thread)
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
                if (line.At(now).Spent + nanos > line.Budget.LimitNanos)
                {
                    Refuse(line, now);
                }
            }

            if (thread is not null)
            {
                Add(project, thread, nanos, now);
            }
        }
    }

    private void Add(string project, string thread, long nanos, DateTimeOffset now)
    {
        foreach (var line in _lines.Where(line => line.Budget.Covers(project)))
        {
            var count = line.At(now);
            var before = line.StateAt(now).UsedRatio;
            count.Spent += nanos;
            var state = line.StateAt(now);
            LedgerMetrics.Show(state);
            if (nanos > 0)
            {
                line.Payer = (project, thread);
            }

            if (!count.HasWarned && before < line.Budget.WarnAt && state.UsedRatio >= line.Budget.WarnAt)
            {
                count.HasWarned = true;
                Warn(line, BudgetWarning.Near(line.Budget, state.End));
                Log.Near(
                    logger,
                    line.Budget.Project,
                    line.Budget.Period,
                    Nanos.ToDollars(count.Spent),
                    Nanos.ToDollars(line.Budget.LimitNanos),
                    state.End
                );
            }

            if (state.UsedRatio >= 1)
            {
                TellSpent(line, count, state.End);
            }
        }
    }

    /// <summary>Tells the cluster once a period: when the last dollar is spent, or when what is left is too little.</summary>
    private void TellSpent(BudgetLine line, BudgetCount count, DateTimeOffset end)
    {
        if (!count.HasTold)
        {
            count.HasTold = true;
            Warn(line, BudgetWarning.Spent(line.Budget, end));
        }
    }

    private void Warn(BudgetLine line, BudgetWarning warning)
    {
        var (project, thread) = line.Payer;
        warnings?.Warn(project, thread, warning.Reason, warning.Message);
    }

    private void Refuse(BudgetLine line, DateTimeOffset now)
    {
        var (budget, count, end) = (line.Budget, line.At(now), line.Budget.EndAt(now));
        LedgerMetrics.Refused(budget);
        TellSpent(line, count, end);
        if (!count.HasRefused)
        {
            count.HasRefused = true;
            Log.UsedUp(
                logger,
                budget.Project,
                budget.Period,
                Nanos.ToDollars(count.Spent),
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
                    $"The budget of project '{budget.Project}', {budget.Rate}, of which ${Nanos.ToDollars(count.Spent):0.######} is spent,"
                );
        throw new BudgetExceededException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{whose} does not allow this any more, so nothing was started. It begins anew at {end:yyyy-MM-dd'T'HH:mm'Z'}; who runs the server can raise it (setting {BudgetOptions.Section})."
            )
        );
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
