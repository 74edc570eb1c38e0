namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>A step of a run: a view of its turns, kept for answers.</summary>
internal sealed class RunStepEntity : IListed
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    public required string Id { get; set; }
    public required string Project { get; set; }
    public required string ThreadId { get; set; }
    public required string RunId { get; set; }
    public required string AssistantId { get; set; }
    public long CreatedAtMs { get; set; }

    /// <summary><c>message_creation</c> or <c>tool_calls</c>.</summary>
    public required string Type { get; set; }

    /// <summary><c>in_progress</c>, <c>cancelled</c>, <c>failed</c>, <c>completed</c> or <c>expired</c>.</summary>
    public string Status { get; set; } = "in_progress";
    public long? CancelledAtMs { get; set; }
    public long? CompletedAtMs { get; set; }
    public long? ExpiredAtMs { get; set; }
    public long? FailedAtMs { get; set; }
    public string? LastErrorCode { get; set; }
    public string? LastErrorMessage { get; set; }

    /// <summary>JSON object: <c>step_details</c>.</summary>
    public required string Details { get; set; }

    /// <summary>JSON object, or null while in progress.</summary>
    public string? Usage { get; set; }
}
