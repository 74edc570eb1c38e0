namespace SandboxOperator.Gateway.Http;

/// <summary>A page of a list, in the requested order.</summary>
internal sealed record ListPage<T>(IReadOnlyList<T> Items, bool HasMore);
