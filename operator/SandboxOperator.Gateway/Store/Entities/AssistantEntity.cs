namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>An assistant. JSON columns hold the wire shape.</summary>
internal sealed class AssistantEntity : IListed
{
    /// <summary>Insertion order; every list is ordered by it.</summary>
    public long Seq { get; set; }

    public required string Id { get; set; }
    public required string Project { get; set; }
    public long CreatedAtMs { get; set; }
    public string? Name { get; set; }
    public string? Description { get; set; }
    public required string Model { get; set; }
    public string? Instructions { get; set; }

    /// <summary>JSON array of tools.</summary>
    public string Tools { get; set; } = "[]";

    /// <summary>JSON object, <c>{}</c> or <c>{"code_interpreter":{"file_ids":[…]}}</c>.</summary>
    public string ToolResources { get; set; } = "{}";

    /// <summary>JSON object of strings.</summary>
    public string Metadata { get; set; } = "{}";

    /// <summary>Null when the caller did not set it: the upstream model then gets none.</summary>
    public double? Temperature { get; set; }

    /// <summary>Null when the caller did not set it.</summary>
    public double? TopP { get; set; }

    /// <summary>JSON: <c>"auto"</c> or an object.</summary>
    public string ResponseFormat { get; set; } = "\"auto\"";
    public string? ReasoningEffort { get; set; }
}
