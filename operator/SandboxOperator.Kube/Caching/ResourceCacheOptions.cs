using SandboxOperator.Kube.Client;

namespace SandboxOperator.Kube.Caching;

/// <summary>What a cache holds.</summary>
/// <typeparam name="T">The kind.</typeparam>
public sealed class ResourceCacheOptions<T>
{
    /// <summary>Which objects.</summary>
    public ListQuery Query { get; set; } = new();

    /// <summary>Removes from a new object what nobody reads, to save memory; may change the object itself.</summary>
    public Action<T>? Trim { get; set; }

    /// <summary>Indexes by name: the values under which an object is found.</summary>
    public IDictionary<string, Func<T, IEnumerable<string>>> Indexes { get; } =
        new Dictionary<string, Func<T, IEnumerable<string>>>(StringComparer.Ordinal);

    /// <summary>Objects a page of the first list.</summary>
    public int PageSize { get; set; } = 500;

    /// <summary>
    /// After how long without a line a watch is taken for dead and begun anew where it was. Servers send a bookmark
    /// about every minute.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(150);
}
