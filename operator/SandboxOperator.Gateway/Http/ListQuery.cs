using System.Globalization;

namespace SandboxOperator.Gateway.Http;

/// <summary>What every list takes from its query string.</summary>
/// <param name="Limit">How many at most.</param>
/// <param name="Ascending">Oldest first.</param>
/// <param name="After">The id of the item before the page in the requested order, or null.</param>
/// <param name="Before">The id of the item behind the page in the requested order, or null.</param>
internal sealed record ListQuery(int Limit, bool Ascending, string? After, string? Before)
{
    private static readonly string[] Orders = ["asc", "desc"];

    public static ListQuery Read(HttpRequest request, int defaultLimit = 20, int maxLimit = 100)
    {
        var query = request.Query;
        var order = Value(query, "order");
        if (order is not null and not "asc" and not "desc")
        {
            throw ApiErrors.NotOneOf("order", order, Orders);
        }
        return new ListQuery(
            ReadLimit(Value(query, "limit"), defaultLimit, maxLimit),
            order is "asc",
            Value(query, "after"),
            Value(query, "before")
        );
    }

    /// <summary>A query parameter; empty counts as not given.</summary>
    public static string? Value(IQueryCollection query, string name)
    {
        var value = query[name].ToString();
        return value.Length == 0 ? null : value;
    }

    /// <summary>Reads the parameter <c>limit</c>.</summary>
    public static int ReadLimit(string? text, int defaultLimit, int maxLimit)
    {
        if (text is null)
        {
            return defaultLimit;
        }
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit))
        {
            throw ApiErrors.WrongType("limit", "an integer", "a string");
        }
        return limit switch
        {
            < 1 => throw ApiErrors.Below("limit", "integer", 1, limit),
            _ when limit > maxLimit => throw ApiErrors.Above("limit", "integer", maxLimit, limit),
            _ => (int)limit,
        };
    }
}
