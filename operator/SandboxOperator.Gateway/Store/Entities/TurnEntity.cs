namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>One answer of the upstream model, stored verbatim: the source of later history.</summary>
internal sealed class TurnEntity
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    public required string ThreadId { get; set; }
    public required string RunId { get; set; }

    /// <summary>0 for the first turn of the run.</summary>
    public int Index { get; set; }

    /// <summary>JSON object: the assistant message as the upstream gave it, unknown fields included.</summary>
    public required string Message { get; set; }
    public required string FinishReason { get; set; }

    /// <summary>JSON object as the API shows usage.</summary>
    public required string Usage { get; set; }

    /// <summary>The message made from the turn's text, or null; when it is deleted the text leaves the history.</summary>
    public string? MessageId { get; set; }

    /// <summary>When the model was asked; null in rows of earlier versions.</summary>
    public long? StartedAtMs { get; set; }

    /// <summary>When the first word came, or null when none did.</summary>
    public long? FirstTokenAtMs { get; set; }

    /// <summary>The model as the upstream named it in its answer; null when it did not.</summary>
    public string? Model { get; set; }

    /// <summary>When the turn had come to its end.</summary>
    public long CreatedAtMs { get; set; }
}
