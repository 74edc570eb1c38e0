namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>How far the buckets of the ledger go: later entries are in none of them. One row.</summary>
internal sealed class RollupEntity
{
    public long Seq { get; set; }

    /// <summary>The last session charge that is in the buckets.</summary>
    public long SessionChargeSeq { get; set; }

    /// <summary>The last use of tokens that is in the buckets.</summary>
    public long TokenUseSeq { get; set; }
}
