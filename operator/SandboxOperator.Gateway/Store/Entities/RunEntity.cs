namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>A run: one turn of the model loop over a thread. JSON columns hold the wire shape.</summary>
internal sealed class RunEntity : IListed
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    public required string Id { get; set; }
    public required string Project { get; set; }
    public required string ThreadId { get; set; }
    public required string AssistantId { get; set; }
    public long CreatedAtMs { get; set; }

    /// <summary>One of the statuses of the API.</summary>
    public string Status { get; set; } = "queued";
    public long? StartedAtMs { get; set; }

    /// <summary>Kept when the run has ended, though answers then show null.</summary>
    public long ExpiresAtMs { get; set; }
    public long? CancelledAtMs { get; set; }
    public long? FailedAtMs { get; set; }
    public long? CompletedAtMs { get; set; }

    /// <summary>JSON object while the status is <c>requires_action</c>, else null.</summary>
    public string? RequiredAction { get; set; }
    public string? LastErrorCode { get; set; }
    public string? LastErrorMessage { get; set; }
    public string? IncompleteReason { get; set; }

    /// <summary>The model as the caller named it, before aliases.</summary>
    public required string Model { get; set; }

    /// <summary>The whole instructions of this run, additional ones included.</summary>
    public string? Instructions { get; set; }

    /// <summary>JSON array.</summary>
    public string Tools { get; set; } = "[]";

    /// <summary>JSON object.</summary>
    public string ToolResources { get; set; } = "{}";

    /// <summary>JSON object of strings.</summary>
    public string Metadata { get; set; } = "{}";

    /// <summary>Null when neither run nor assistant set it.</summary>
    public double? Temperature { get; set; }

    /// <summary>Null when neither run nor assistant set it.</summary>
    public double? TopP { get; set; }
    public string? ReasoningEffort { get; set; }
    public int? MaxCompletionTokens { get; set; }
    public int? MaxPromptTokens { get; set; }

    /// <summary>JSON object.</summary>
    public string TruncationStrategy { get; set; } = """{"type":"auto","last_messages":null}""";

    /// <summary>JSON: <c>"auto"</c> or an object.</summary>
    public string ResponseFormat { get; set; } = "\"auto\"";

    /// <summary>JSON: a string or an object.</summary>
    public string ToolChoice { get; set; } = "\"auto\"";

    /// <summary>Null when the caller did not set it: answers show true, the upstream model gets none.</summary>
    public bool? ParallelToolCalls { get; set; }

    /// <summary>Tokens of the whole run so far.</summary>
    public long PromptTokens { get; set; }
    public long CompletionTokens { get; set; }
    public long CachedTokens { get; set; }
    public long ReasoningTokens { get; set; }

    /// <summary>The trace that the run belongs to, 32 hexadecimal digits; null when nobody traces it.</summary>
    public string? TraceId { get; set; }

    /// <summary>
    /// What work on the run is traced under, as W3C <c>traceparent</c>: the caller's span, or else the first of the
    /// run's own, which the spans of later workers then hang under.
    /// </summary>
    public string? TraceParent { get; set; }

    /// <summary>Nano-dollars of the sessions and periods of sessions that calls of the run have started.</summary>
    public long SessionNanos { get; set; }

    /// <summary>Nano-dollars of the run's tokens so far; null when one of its models has no price.</summary>
    public long? TokenNanos { get; set; } = 0;

    /// <summary>The newest message of the thread when the run was made: its turns come behind it in the history.</summary>
    public long AfterMessageSeq { get; set; }

    /// <summary>Set by a cancel request; the owner of the lease acts on it.</summary>
    public bool CancelRequested { get; set; }

    /// <summary>The replica that works on the run, or null.</summary>
    public string? LeaseOwner { get; set; }

    /// <summary>Counts the owners; every write of the loop is conditional on it.</summary>
    public long LeaseEpoch { get; set; }
    public long LeaseExpiresAtMs { get; set; }
}
