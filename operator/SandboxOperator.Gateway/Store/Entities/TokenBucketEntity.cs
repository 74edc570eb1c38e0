namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>
/// The sum of the tokens of a project and a model over a stretch of time; made from the entries, for quick answers.
/// </summary>
internal sealed class TokenBucketEntity
{
    public long Seq { get; set; }

    /// <summary>How long the stretch is.</summary>
    public long WidthMs { get; set; }

    /// <summary>A multiple of the width.</summary>
    public long StartMs { get; set; }
    public required string Project { get; set; }
    public required string Model { get; set; }

    /// <summary>Turns of the model.</summary>
    public long Requests { get; set; }

    /// <summary>Turns whose price was not known; their nano-dollars are in none of the sums.</summary>
    public long Unpriced { get; set; }
    public long Input { get; set; }
    public long CachedInput { get; set; }
    public long Output { get; set; }
    public long InputNanos { get; set; }
    public long CachedInputNanos { get; set; }
    public long OutputNanos { get; set; }
}
