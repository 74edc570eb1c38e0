using System.Globalization;
using Microsoft.Extensions.Options;

namespace SandboxOperator.Gateway.Ledger.Budgets;

/// <summary>What a project may spend in a period.</summary>
/// <param name="Project">The project, or <see cref="AllProjects"/>.</param>
/// <param name="Period">The period.</param>
/// <param name="LimitNanos">Nano-dollars in a period.</param>
/// <param name="WarnAt">The part of it after which a warning is given.</param>
internal sealed record Budget(string Project, BudgetPeriod Period, long LimitNanos, double WarnAt)
{
    /// <summary>Stands for all projects together.</summary>
    public const string AllProjects = "*";

    private const decimal MaxDollars = 1_000_000_000;

    /// <summary>The period as settings name it.</summary>
    public string PeriodName => Period == BudgetPeriod.Day ? "day" : "month";

    /// <summary>For people, such as <c>$200 a month</c>.</summary>
    public string Rate =>
        string.Create(CultureInfo.InvariantCulture, $"${Nanos.ToDollars(LimitNanos):0.######} a {PeriodName}");

    /// <summary>Whether what a project spends counts.</summary>
    public bool Covers(string project) => Project is AllProjects || Project == project;

    /// <summary>The beginning of the period that a moment lies in.</summary>
    public DateTimeOffset StartAt(DateTimeOffset now)
    {
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        return Period == BudgetPeriod.Day ? day : day.AddDays(1 - day.Day);
    }

    /// <summary>The end of the period that a moment lies in: the next one's beginning.</summary>
    public DateTimeOffset EndAt(DateTimeOffset now)
    {
        var start = StartAt(now);
        return Period == BudgetPeriod.Day ? start.AddDays(1) : start.AddMonths(1);
    }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="OptionsValidationException">Names the setting at fault.</exception>
    public static IReadOnlyList<Budget> From(IReadOnlyList<BudgetOptions> options)
    {
        var budgets = options.Select(Read).ToList();
        var twice = budgets.GroupBy(budget => (budget.Project, budget.Period)).FirstOrDefault(same => same.Count() > 1);
        return twice is null
            ? budgets
            : throw Invalid($" has two entries for project '{twice.Key.Project}' and the same period.");
    }

    private static Budget Read(BudgetOptions options, int index)
    {
        if (options.Project.Length == 0)
        {
            throw Invalid($":{index}:Project must name a project, or be '{AllProjects}' for all of them together.");
        }

        if (options.Dollars is not { } dollars || dollars is < 0 or > MaxDollars)
        {
            throw Invalid($":{index}:Dollars must be between 0 and {MaxDollars}.");
        }

        if (options.WarnAt is not (>= 0 and <= 1))
        {
            throw Invalid($":{index}:WarnAt must be between 0 and 1.");
        }

        var period = options.Period switch
        {
            "day" => BudgetPeriod.Day,
            "month" => BudgetPeriod.Month,
            var other => throw Invalid($":{index}:Period must be 'day' or 'month', not '{other}'."),
        };
        return new Budget(options.Project, period, Nanos.OfDollars(dollars), options.WarnAt);
    }

    private static OptionsValidationException Invalid(string message) =>
        new(BudgetOptions.Section, typeof(BudgetOptions), [BudgetOptions.Section + message]);
}
