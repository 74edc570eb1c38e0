using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Http;

/// <summary>Pages of lists, by the key of their order: no page is dearer than the first.</summary>
internal static class Paging
{
    private const string Seq = nameof(IListed.Seq);

    /// <summary>
    /// The page of <paramref name="rows"/> that <paramref name="list"/> asks for. Without <c>after</c>, a page
    /// <c>before</c> an item is the one right before it, so that lists can be walked backwards too.
    /// </summary>
    /// <exception cref="ApiException">A cursor is not in the list.</exception>
    public static async Task<ListPage<T>> PageAsync<T>(
        this IQueryable<T> rows,
        ListQuery list,
        CancellationToken cancellationToken
    )
        where T : class, IListed
    {
        // 1. Bounds: the keys between which the page lies.
        var after = await CursorAsync(rows, list.After, "after", cancellationToken);
        var before = await CursorAsync(rows, list.Before, "before", cancellationToken);
        var (above, below) = list.Ascending ? (after, before) : (before, after);
        if (above is { } low)
        {
            rows = rows.Where(row => EF.Property<long>(row, Seq) > low);
        }
        if (below is { } high)
        {
            rows = rows.Where(row => EF.Property<long>(row, Seq) < high);
        }
        // 2. Read from the end that the cursor is at, and one more to know whether there are more.
        var backwards = after is null && before is not null;
        rows =
            list.Ascending != backwards
                ? rows.OrderBy(row => EF.Property<long>(row, Seq))
                : rows.OrderByDescending(row => EF.Property<long>(row, Seq));
        var items = await rows.Take(list.Limit + 1).ToListAsync(cancellationToken);
        var hasMore = items.Count > list.Limit;
        if (hasMore)
        {
            items.RemoveAt(list.Limit);
        }
        // 3. In the requested order.
        if (backwards)
        {
            items.Reverse();
        }
        return new ListPage<T>(items, hasMore);
    }

    /// <summary>The page of items that are not in the store, oldest first.</summary>
    /// <inheritdoc cref="PageAsync"/>
    public static ListPage<T> Page<T>(IReadOnlyList<T> items, ListQuery list)
        where T : class, IListed
    {
        var (after, before) = (Cursor(items, list.After, "after"), Cursor(items, list.Before, "before"));
        var (above, below) = list.Ascending ? (after, before) : (before, after);
        var between = items.Where(item => !(item.Seq <= above) && !(item.Seq >= below));
        var ordered = (list.Ascending ? between : between.Reverse()).ToList();
        return new ListPage<T>(
            after is null && before is not null ? [.. ordered.TakeLast(list.Limit)] : [.. ordered.Take(list.Limit)],
            ordered.Count > list.Limit
        );
    }

    private static long? Cursor<T>(IReadOnlyList<T> items, string? id, string param)
        where T : class, IListed =>
        id is null
            ? null
            : items.FirstOrDefault(item => string.Equals(item.Id, id, StringComparison.Ordinal))?.Seq
                ?? throw NoCursor(param, id);

    private static async Task<long?> CursorAsync<T>(
        IQueryable<T> rows,
        string? id,
        string param,
        CancellationToken cancellationToken
    )
        where T : class, IListed
    {
        if (id is null)
        {
            return null;
        }
        var found = await rows.Where(row => EF.Property<string>(row, nameof(IListed.Id)) == id)
            .Select(row => (long?)EF.Property<long>(row, Seq))
            .FirstOrDefaultAsync(cancellationToken);
        return found ?? throw NoCursor(param, id);
    }

    private static ApiException NoCursor(string param, string id) =>
        ApiErrors.InvalidValue(
            param,
            $"Invalid '{param}': no item '{ApiErrors.Shorten(id)}' in this list. If it was deleted, start again without '{param}'; who deletes while listing reads the whole list first."
        );
}
