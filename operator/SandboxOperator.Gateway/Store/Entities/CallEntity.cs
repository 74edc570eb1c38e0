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

    /// <summary>The turn of the run that asked for it.</summary>
    public int TurnIndex { get; set; }

    public int SessionOrdinal { get; set; }

    /// <summary>How the session's sandbox came to be: <c>warm</c> or <c>cold</c>; null in rows of earlier versions.</summary>
    public string? Launch { get; set; }

    /// <summary>Milliseconds until the sandbox was known; mostly passed while the model still wrote.</summary>
    public double? ClaimMs { get; set; }

    /// <summary>Milliseconds from there until its agent answered; 0 when it was connected already.</summary>
    public double? ConnectMs { get; set; }

    /// <summary>Milliseconds from <see cref="CreatedAtMs"/> to the first output; null when there was none.</summary>
    public double? FirstOutputMs { get; set; }

    /// <summary>
    /// JSON array of <c>{"id":"file-…","name":"…","bytes":n}</c>: pictures that were shown, then files that were made
    /// or changed, by path. The id is null unless an answer showed or linked the file.
    /// </summary>
    public string Files { get; set; } = "[]";
    public required string Code { get; set; }

    /// <summary>The agent incarnation it was sent to.</summary>
    public required string Incarnation { get; set; }
    public long Epoch { get; set; }
    public long CreatedAtMs { get; set; }
    public long? EndedAtMs { get; set; }

    /// <summary>One of the call statuses, or null while it runs.</summary>
    public string? Status { get; set; }
}
