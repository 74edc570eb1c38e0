using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Ledger.Budgets;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>Tells callers that there is no money.</summary>
internal static class BudgetRefusal
{
    /// <summary>Refuses a request of a project that has nothing left to spend.</summary>
    /// <exception cref="ApiException">429: a budget is used up; asking again is useless.</exception>
    public static void RequireQuota(this BudgetBook budgets, string project)
    {
        try
        {
            budgets.RequireLeft(project);
        }
        catch (BudgetExceededException exception)
        {
            throw new ApiException(
                StatusCodes.Status429TooManyRequests,
                exception.Message,
                code: "insufficient_quota",
                type: "insufficient_quota"
            )
            {
                IsFinal = true,
            };
        }
    }
}
