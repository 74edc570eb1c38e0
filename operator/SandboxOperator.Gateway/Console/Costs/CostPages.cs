using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Console.Costs;

/// <summary>The page of costs.</summary>
public static class CostPages
{
    /// <summary>The days to choose from.</summary>
    public static readonly IReadOnlyList<int> Ranges = [7, 30, 90];

    private const int Usual = 30;
    private const int MaxProjects = 200;

    /// <summary>The line item of sessions.</summary>
    public const string SessionItem = LineItems.Sessions;

    internal static void MapCostPages(this IEndpointRouteBuilder console) => console.MapGet("/costs", ShowAsync);

    private static async Task<IResult> ShowAsync(
        HttpContext http,
        ICosts costs,
        IStore store,
        CancellationToken cancellationToken
    )
    {
        var viewer = http.Viewer();
        var days =
            int.TryParse(http.Request.Query["days"], NumberStyles.None, CultureInfo.InvariantCulture, out var wanted)
            && Ranges.Contains(wanted)
                ? wanted
                : Usual;
        var project = viewer.OnlyProject ?? ListQuery.Value(http.Request.Query, "project");
        var now = DateTimeOffset.FromUnixTimeMilliseconds(viewer.NowMs);
        var lines = await costs.DailyAsync(project, now.AddDays(1 - days), now, cancellationToken);
        var projects = viewer.IsAdmin ? await ProjectsAsync(store, cancellationToken) : [];
        return new RazorComponentResult<CostsPage>(
            new { Viewer = viewer, View = View(days, project, projects, now, lines, costs.Budgets(project)) }
        );
    }

    private static CostView View(
        int days,
        string? project,
        IReadOnlyList<string> projects,
        DateTimeOffset now,
        IReadOnlyList<CostLine> lines,
        IReadOnlyList<BudgetState> budgets
    ) =>
        new(
            days,
            project,
            projects,
            CostChart.Of(
                DateOnly.FromDateTime(now.UtcDateTime).AddDays(1 - days),
                days,
                [.. lines.Where(line => line.Nanos > 0).Select(line => (line.Day, line.Item, line.Nanos ?? 0))]
            ),
            [
                .. lines
                    .GroupBy(line => line.Item, StringComparer.Ordinal)
                    .Select(group =>
                        (
                            group.Key,
                            group.Sum(line => line.Quantity),
                            group.Any(line => line.Nanos is not null) ? group.Sum(line => line.Nanos ?? 0) : (long?)null
                        )
                    )
                    .OrderByDescending(item => item.Item3 ?? -1)
                    .ThenBy(item => item.Key, StringComparer.Ordinal),
            ],
            [
                .. lines
                    .GroupBy(line => line.Project, StringComparer.Ordinal)
                    .Select(group => (group.Key, group.Sum(line => line.Nanos ?? 0)))
                    .OrderByDescending(item => item.Item2)
                    .ThenBy(item => item.Key, StringComparer.Ordinal),
            ],
            [.. budgets.Select(Show)]
        );

    private static CostBudget Show(BudgetState state) =>
        new(
            (state.Budget.Project == Budget.AllProjects ? "all projects" : state.Budget.Project)
                + (state.Budget.Period == BudgetPeriod.Day ? ", a day" : ", a month"),
            state.SpentNanos,
            state.Budget.LimitNanos,
            state.End.ToUnixTimeMilliseconds()
        );

    private static Task<List<string>> ProjectsAsync(IStore store, CancellationToken cancellationToken) =>
        store.ReadAsync(
            (context, cancellation) =>
                context
                    .Threads.Select(thread => thread.Project)
                    .Distinct()
                    .OrderBy(project => project)
                    .Take(MaxProjects)
                    .ToListAsync(cancellation),
            cancellationToken
        );
}
