using System.Globalization;
using System.Runtime.InteropServices;

namespace SandboxOperator.Gateway.Ledger.Budgets;

/// <summary>
/// What a cluster is told of a budget. It says nothing that differs from one gateway to the next, so that warnings of
/// several count as one.
/// </summary>
/// <param name="Reason">In one word.</param>
/// <param name="Message">In a sentence.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BudgetWarning(string Reason, string Message)
{
    /// <summary>The part after which one warns is spent.</summary>
    public static BudgetWarning Near(Budget budget, DateTimeOffset end) =>
        new(
            "BudgetNear",
            Text(
                $"{Name(budget)} is nearly used up: at least {budget.WarnAt:P0} is spent. It begins anew at {At(end)}."
            )
        );

    /// <summary>Nothing is left, or too little for what was asked.</summary>
    public static BudgetWarning Spent(Budget budget, DateTimeOffset end) =>
        new(
            "BudgetSpent",
            Text($"{Name(budget)} is used up. What costs more than is left of it is refused until {At(end)}.")
        );

    private static string Name(Budget budget)
    {
        var whose = budget.Project == Budget.AllProjects ? "of all projects" : $"of project '{budget.Project}'";
        return $"The budget {whose}, {budget.Rate},";
    }

    private static string At(DateTimeOffset end) => Text($"{end:yyyy-MM-dd'T'HH:mm'Z'}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
