namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>One execution of code, stored before it is sent so that it runs at most once.</summary>
internal sealed class CallEntity
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    /// <summary>The tool call id that answers show.</summary>
    public required string Id { get; set; }
    public required string Project { get; set; }
    public required string ThreadId { get; set; }
    public required string RunId { get; set; }
    public required string StepId { get; set; }
    public int SessionOrdinal { get; set; }
    public required string Code { get; set; }

    /// <summary>The agent incarnation it was sent to.</summary>
    public required string Incarnation { get; set; }
    public long Epoch { get; set; }
    public long CreatedAtMs { get; set; }
    public long? EndedAtMs { get; set; }

    /// <summary>One of the call statuses, or null while it runs.</summary>
    public string? Status { get; set; }
}
