namespace SandboxOperator.Gateway.Ledger.Budgets;

/// <summary>A budget and what is spent of it. Not safe for several threads at once.</summary>
internal sealed class BudgetLine(Budget budget)
{
    private const int MostPeriods = 4;
    private readonly SortedList<DateTimeOffset, BudgetCount> _periods = [];

    public Budget Budget { get; } = budget;

    /// <summary>The project and the thread that spent last; nobody before.</summary>
    public (string Project, string Thread) Payer { get; set; } = (budget.Project, "");

    /// <summary>
    /// The count of the period that a time is in; a new period begins with nothing spent. A clock that was ahead and came
    /// back finds the count that it had left.
    /// </summary>
    public BudgetCount At(DateTimeOffset now)
    {
        var start = Budget.StartAt(now);
        if (!_periods.TryGetValue(start, out var count))
        {
            if (_periods.Count >= MostPeriods)
            {
                _periods.RemoveAt(0);
            }

            count = new BudgetCount();
            _periods.Add(start, count);
        }

        return count;
    }

    /// <summary>Where the budget stands.</summary>
    public BudgetState StateAt(DateTimeOffset now) =>
        new(Budget, At(now).Spent, Budget.StartAt(now), Budget.EndAt(now));
}
