namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>A page of runs, newest first.</summary>
/// <param name="Rows">The runs.</param>
/// <param name="Next">The place where the next page begins, or null.</param>
/// <param name="Projects">The projects to choose from; for admins.</param>
/// <param name="Assistants">The assistants to choose from: id and name.</param>
/// <param name="GaveUp">The search took too long: there may be more.</param>
public sealed record RunPageOfRows(
    IReadOnlyList<RunRow> Rows,
    long? Next,
    IReadOnlyList<string> Projects,
    IReadOnlyList<(string Id, string Name)> Assistants,
    bool GaveUp
)
{
    /// <summary>Too many searches were going on: this one was not begun.</summary>
    public bool IsBusy { get; init; }
}
