namespace SandboxOperator.Gateway.RunLoop;

/// <summary>The statuses of a run step.</summary>
internal static class StepStatuses
{
    public const string InProgress = "in_progress";
    public const string Cancelled = "cancelled";
    public const string Failed = "failed";
    public const string Completed = "completed";
    public const string Expired = "expired";
}
