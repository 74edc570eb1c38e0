namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>An entry of the ledger: the tokens of one turn of the model, or of a forwarded request. Entries are only added.</summary>
internal sealed class TokenUseEntity
{
    /// <summary>Insertion order; the rollup goes by it.</summary>
    public long Seq { get; set; }

    public required string Project { get; set; }

    /// <summary>The run; the id of the request (<c>req_…</c>) when it was only forwarded.</summary>
    public required string RunId { get; set; }

    /// <summary>The index of the turn in its run; 0 for a request.</summary>
    public int Turn { get; set; }

    /// <summary>The model that was asked, by its name at the upstream.</summary>
    public required string Model { get; set; }
    public long AtMs { get; set; }

    /// <summary>Tokens read, those of the cache included.</summary>
    public long Input { get; set; }

    /// <summary>Tokens read from the upstream's cache.</summary>
    public long CachedInput { get; set; }
    public long Output { get; set; }

    /// <summary>Whether the upstream reported nothing and the tokens were counted here.</summary>
    public bool Estimated { get; set; }

    /// <summary>Nano-dollars of the input that was not cached; null when the model had no price.</summary>
    public long? InputNanos { get; set; }

    /// <summary>Nano-dollars; null when the model had no price.</summary>
    public long? CachedInputNanos { get; set; }

    /// <summary>Nano-dollars; null when the model had no price.</summary>
    public long? OutputNanos { get; set; }
}
