using Prometheus;
using SandboxOperator.Gateway.Ledger.Budgets;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>What operators see of money. Projects are labels only where a budget names them.</summary>
internal static class LedgerMetrics
{
    private static readonly Counter DollarsSpent = Metrics.CreateCounter(
        "sandbox_dollars_total",
        "Dollars charged: for sessions, and for tokens of models whose price is known.",
        "kind"
    );

    private static readonly Counter TokensUsed = Metrics.CreateCounter(
        "sandbox_tokens_total",
        "Tokens of turns and of forwarded requests; input is without cached_input.",
        "kind"
    );

    private static readonly Counter TokensUnpriced = Metrics.CreateCounter(
        "sandbox_unpriced_tokens_total",
        "Tokens of models whose price is not known."
    );

    private static readonly Counter RequestsUnreported = Metrics.CreateCounter(
        "sandbox_unreported_requests_total",
        "Forwarded requests that were answered without a report of tokens: the ledger does not have them.",
        "path"
    );

    private static readonly Gauge BudgetUsed = Metrics.CreateGauge(
        "sandbox_budget_used_ratio",
        "The part of a budget that is spent in its current period.",
        "project",
        "period"
    );

    private static readonly Counter BudgetRefusals = Metrics.CreateCounter(
        "sandbox_budget_refusals_total",
        "Runs and calls that were refused because a budget is used up.",
        "project",
        "period"
    );

    /// <summary>Lets the series begin with zero, before anything is spent, so that their increase can be seen.</summary>
    public static void Announce()
    {
        foreach (var kind in (string[])["session", "tokens"])
        {
            DollarsSpent.WithLabels(kind);
        }

        foreach (var kind in (string[])["input", "cached_input", "output"])
        {
            TokensUsed.WithLabels(kind);
        }
    }

    public static void SessionCharged(long nanos) => DollarsSpent.WithLabels("session").Inc(Dollars(nanos));

    public static void TokensCharged(long nanos) => DollarsSpent.WithLabels("tokens").Inc(Dollars(nanos));

    public static void Used(long input, long cachedInput, long output, bool priced)
    {
        TokensUsed.WithLabels("input").Inc(input - cachedInput);
        TokensUsed.WithLabels("cached_input").Inc(cachedInput);
        TokensUsed.WithLabels("output").Inc(output);
        if (!priced)
        {
            TokensUnpriced.Inc(input + output);
        }
    }

    /// <param name="path">One of those that are forwarded.</param>
    public static void Unreported(string path) => RequestsUnreported.WithLabels(path).Inc();

    public static void Show(BudgetState state) =>
        BudgetUsed.WithLabels(state.Budget.Project, state.Budget.PeriodName).Set(state.UsedRatio);

    public static void Refused(Budget budget) => BudgetRefusals.WithLabels(budget.Project, budget.PeriodName).Inc();

    private static double Dollars(long nanos) => (double)Nanos.ToDollars(nanos);
}
