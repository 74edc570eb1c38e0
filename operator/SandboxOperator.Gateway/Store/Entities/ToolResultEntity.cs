namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>What a tool call of a turn came to, as the model reads it.</summary>
internal sealed class ToolResultEntity
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    public required string ThreadId { get; set; }
    public required string RunId { get; set; }

    /// <summary>The turn that asked for it.</summary>
    public long TurnSeq { get; set; }

    /// <summary>The tool call's id as the upstream model gave it.</summary>
    public required string ToolCallId { get; set; }
    public required string Content { get; set; }
}
