namespace SandboxOperator.Gateway.Ledger.Budgets;

/// <summary>What a project may spend. Section <c>Budgets</c> is a list of them.</summary>
internal sealed class BudgetOptions
{
    public const string Section = "Budgets";

    /// <summary>The project, or <c>*</c> for all of them together.</summary>
    public string Project { get; set; } = "";

    /// <summary><c>day</c> or <c>month</c>, of the calendar in UTC.</summary>
    public string Period { get; set; } = "month";

    /// <summary>Dollars in a period.</summary>
    public decimal? Dollars { get; set; }

    /// <summary>The part of it after which a warning is given, between 0 and 1.</summary>
    public double WarnAt { get; set; } = 0.8;
}
