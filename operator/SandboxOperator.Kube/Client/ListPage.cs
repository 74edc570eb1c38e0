namespace SandboxOperator.Kube.Client;

/// <summary>A part of a list.</summary>
/// <param name="Items">The objects.</param>
/// <param name="ResourceVersion">The version of the whole list, from which a watch goes on.</param>
/// <param name="Continue">Asks for the next page; null at the end.</param>
/// <param name="Unreadable">Objects left out because they do not fit the class.</param>
/// <typeparam name="T">The kind.</typeparam>
public sealed record ListPage<T>(
    IReadOnlyList<T> Items,
    string ResourceVersion,
    string? Continue,
    IReadOnlyList<string> Unreadable
);
