using System.Globalization;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Ledger.Usage;

namespace SandboxOperator.Gateway.Organization;

/// <summary>What the usage endpoints take from their query string. Lists are repeated parameters, with or without <c>[]</c>.</summary>
internal sealed class UsageQuery
{
    private const int MaxValues = 1000;

    /// <summary>The year 9999.</summary>
    private const long MaxSeconds = 253_402_300_799;

    private readonly IQueryCollection _query;
    private readonly IReadOnlyList<string> _groupBy;

    private UsageQuery(IQueryCollection query, IReadOnlyList<string> groups)
    {
        _query = query;
        _groupBy = Values("group_by") ?? [];
        foreach (var group in _groupBy.Where(group => !groups.Contains(group, StringComparer.Ordinal)))
        {
            throw ApiErrors.NotOneOf("group_by", group, groups);
        }
    }

    /// <summary>The buckets of the page.</summary>
    public required UsageRange Page { get; init; }

    /// <summary>The cursor of the next page; null when this is the last.</summary>
    public required string? NextPage { get; init; }

    /// <summary>Only these projects; null for all.</summary>
    public IReadOnlyList<string>? Projects => Values("project_ids");

    /// <summary>Only these models; null for all.</summary>
    public IReadOnlyList<string>? Models => Values("models");

    /// <summary>Only batch jobs, or only others; null for both.</summary>
    public bool? Batch =>
        ListQuery.Value(_query, "batch") switch
        {
            null => null,
            "true" => true,
            "false" => false,
            _ => throw ApiErrors.WrongType("batch", "a boolean", "a string"),
        };

    public bool GroupsBy(string field) => _groupBy.Contains(field, StringComparer.Ordinal);

    /// <summary>Refuses a filter by what is not recorded: the answer would be wrong.</summary>
    public void Refuse(params ReadOnlySpan<string> filters)
    {
        foreach (var filter in filters)
        {
            if (Values(filter) is not null)
            {
                throw ApiErrors.Unsupported($"The parameter '{filter}'", filter);
            }
        }
    }

    /// <param name="request">The request.</param>
    /// <param name="widths">The widths it may choose; the last one is the default.</param>
    /// <param name="groups">What it may group by.</param>
    /// <param name="now">The end when the request names none.</param>
    public static UsageQuery Read(
        HttpRequest request,
        IReadOnlyList<UsageWidth> widths,
        IReadOnlyList<string> groups,
        DateTimeOffset now
    )
    {
        var query = request.Query;
        var start = Seconds(query, "start_time") ?? throw ApiErrors.Missing("start_time");
        var end = Seconds(query, "end_time");
        if (end <= start)
        {
            throw ApiErrors.InvalidValue("end_time", "Invalid 'end_time': it must be later than 'start_time'.");
        }

        var width = Width(query, widths);
        var limit = ListQuery.ReadLimit(ListQuery.Value(query, "limit"), width.DefaultLimit, width.MaxLimit);
        var last = end ?? Math.Max(now.ToUnixTimeSeconds(), start) + 1;
        var range = UsageRange.Around(start * 1000, last * 1000, width.Milliseconds);
        var from = StartOfPage(query, range);
        var to = Math.Min(range.ToMs, from + (limit * width.Milliseconds));
        return new UsageQuery(query, groups)
        {
            Page = range with { FromMs = from, ToMs = to },
            NextPage = to < range.ToMs ? PageCursor.Of(to) : null,
        };
    }

    private static long? Seconds(IQueryCollection query, string name)
    {
        if (ListQuery.Value(query, name) is not { } text)
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            throw ApiErrors.WrongType(name, "an integer", "a string");
        }

        return seconds switch
        {
            < 0 => throw ApiErrors.Below(name, "integer", 0, seconds),
            > MaxSeconds => throw ApiErrors.Above(name, "integer", MaxSeconds, seconds),
            _ => seconds,
        };
    }

    private static UsageWidth Width(IQueryCollection query, IReadOnlyList<UsageWidth> widths) =>
        ListQuery.Value(query, "bucket_width") is { } name
            ? widths.FirstOrDefault(width => width.Name == name)
                ?? throw ApiErrors.NotOneOf("bucket_width", name, [.. widths.Select(width => width.Name)])
            : widths[^1];

    private static long StartOfPage(IQueryCollection query, UsageRange range)
    {
        if (ListQuery.Value(query, "page") is not { } cursor)
        {
            return range.FromMs;
        }

        return
            PageCursor.TryRead(cursor, out var from)
            && from >= range.FromMs
            && from < range.ToMs
            && from % range.WidthMs == 0
            ? from.Value
            : throw ApiErrors.InvalidValue(
                "page",
                "Invalid 'page': it must be the 'next_page' of an answer to the same query."
            );
    }

    private List<string>? Values(string name)
    {
        var values = _query[name].Concat(_query[name + "[]"]).Where(value => !string.IsNullOrEmpty(value)).ToList();
        return values.Count switch
        {
            0 => null,
            > MaxValues => throw ApiErrors.TooMany(name, MaxValues, values.Count),
            _ => [.. values.OfType<string>()],
        };
    }
}
