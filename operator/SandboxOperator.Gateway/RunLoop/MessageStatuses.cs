namespace SandboxOperator.Gateway.RunLoop;

/// <summary>The statuses of a message.</summary>
internal static class MessageStatuses
{
    public const string InProgress = "in_progress";
    public const string Incomplete = "incomplete";
    public const string Completed = "completed";
}
