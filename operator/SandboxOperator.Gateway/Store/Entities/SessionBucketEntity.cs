namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>The sum of session charges of a project over a stretch of time; made from the entries, for quick answers.</summary>
internal sealed class SessionBucketEntity
{
    public long Seq { get; set; }

    /// <summary>How long the stretch is.</summary>
    public long WidthMs { get; set; }

    /// <summary>A multiple of the width.</summary>
    public long StartMs { get; set; }
    public required string Project { get; set; }
    public long Sessions { get; set; }

    /// <summary>Charged periods of all sessions.</summary>
    public long Charges { get; set; }
    public long Nanos { get; set; }
}
