namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>A message of a thread. JSON columns hold the wire shape.</summary>
internal sealed class MessageEntity : IListed
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    public required string Id { get; set; }
    public required string Project { get; set; }
    public required string ThreadId { get; set; }
    public long CreatedAtMs { get; set; }

    /// <summary><c>user</c> or <c>assistant</c>.</summary>
    public required string Role { get; set; }

    /// <summary>JSON array of content parts as answers show them.</summary>
    public string Content { get; set; } = "[]";

    /// <summary>JSON array.</summary>
    public string Attachments { get; set; } = "[]";

    /// <summary>JSON object of strings.</summary>
    public string Metadata { get; set; } = "{}";

    /// <summary>Null unless a run made the message.</summary>
    public string? AssistantId { get; set; }

    /// <summary>Null unless a run made the message.</summary>
    public string? RunId { get; set; }

    /// <summary><c>in_progress</c>, <c>incomplete</c> or <c>completed</c>.</summary>
    public string Status { get; set; } = "completed";
    public string? IncompleteReason { get; set; }
    public long? CompletedAtMs { get; set; }
    public long? IncompleteAtMs { get; set; }
}
