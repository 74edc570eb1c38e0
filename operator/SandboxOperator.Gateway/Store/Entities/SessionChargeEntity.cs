namespace SandboxOperator.Gateway.Store.Entities;

/// <summary>
/// An entry of the ledger: what a session costs, once for each of its periods. Entries are only added. An entry is
/// taken back by another one with the opposite amount, after which the period may be charged anew: of one session and
/// period, revisions 0, 2, 4 … charge and revisions 1, 3, 5 … take back.
/// </summary>
internal sealed class SessionChargeEntity
{
    /// <summary>Insertion order; the rollup goes by it.</summary>
    public long Seq { get; set; }

    public required string Project { get; set; }
    public required string ThreadId { get; set; }

    /// <summary>Which of the thread's sessions.</summary>
    public int Ordinal { get; set; }

    /// <summary>Which period of the session, from 0.</summary>
    public int Period { get; set; }
    public int Revision { get; set; }

    /// <summary>The run whose call caused the charge.</summary>
    public required string RunId { get; set; }

    /// <summary>The call that caused the charge.</summary>
    public required string CallId { get; set; }

    /// <summary>When the charge was caused; an entry that takes back has the time of the one it takes back.</summary>
    public long AtMs { get; set; }

    /// <summary>1 when a session starts to cost, -1 when that is taken back, 0 for its further periods.</summary>
    public int Sessions { get; set; }

    /// <summary>Nano-dollars; less than 0 when it takes back.</summary>
    public long Nanos { get; set; }
}
