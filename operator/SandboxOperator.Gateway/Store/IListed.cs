namespace SandboxOperator.Gateway.Store;

/// <summary>A row that lists show.</summary>
internal interface IListed
{
    /// <summary>Insertion order; lists are ordered by it.</summary>
    long Seq { get; }

    /// <summary>The id that clients use, also as the cursor.</summary>
    string Id { get; }
}
