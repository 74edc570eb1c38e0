namespace SandboxOperator.Benchmarks;

/// <summary>Measures one or more rows of the table.</summary>
internal interface IBenchmark
{
    /// <summary>A word to choose it by on the command line.</summary>
    string Name { get; }

    /// <summary>Whether it runs only when it is asked for by name: it needs a cluster.</summary>
    bool NeedsCluster => false;

    /// <summary>Measures. Rows say what was seen, also when it misses the goal.</summary>
    Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken);
}
