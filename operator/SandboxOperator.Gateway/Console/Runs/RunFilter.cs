using System.Globalization;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>Which runs a list shows; read from the query string, so that every view has an address. Null means any.</summary>
/// <param name="Project">For admins.</param>
/// <param name="Assistant">An assistant's id.</param>
/// <param name="Thread">A thread's id.</param>
/// <param name="Status">A status.</param>
/// <param name="Since">One of <see cref="Spans"/>.</param>
/// <param name="Text">What prompt, answer or code contain, or an id.</param>
/// <param name="Before">Only runs before this one in the list: the place of the page.</param>
public sealed record RunFilter(
    string? Project,
    string? Assistant,
    string? Thread,
    string? Status,
    string? Since,
    string? Text,
    long? Before
)
{
    private const int MaxChars = 200;

    /// <summary>The times to choose from, with what they are called.</summary>
    public static readonly IReadOnlyList<(string Key, string Label, TimeSpan Length)> Spans =
    [
        ("15m", "Last 15 minutes", TimeSpan.FromMinutes(15)),
        ("1h", "Last hour", TimeSpan.FromHours(1)),
        ("24h", "Last 24 hours", TimeSpan.FromHours(24)),
        ("7d", "Last 7 days", TimeSpan.FromDays(7)),
        ("30d", "Last 30 days", TimeSpan.FromDays(30)),
    ];

    /// <summary>The statuses to choose from.</summary>
    public static readonly IReadOnlyList<string> Statuses =
    [
        RunLoop.RunStatuses.Queued,
        RunLoop.RunStatuses.InProgress,
        RunLoop.RunStatuses.RequiresAction,
        RunLoop.RunStatuses.Completed,
        RunLoop.RunStatuses.Failed,
        RunLoop.RunStatuses.Cancelled,
        RunLoop.RunStatuses.Incomplete,
        RunLoop.RunStatuses.Expired,
    ];

    /// <summary>Whether anything is left out, apart from earlier pages.</summary>
    public bool IsActive => this with { Before = null } != new RunFilter(null, null, null, null, null, null, null);

    /// <summary>Reads a query string; what makes no sense counts as not given.</summary>
    internal static RunFilter Read(IQueryCollection query) =>
        new(
            Value(query, "project"),
            Value(query, "assistant"),
            Value(query, "thread"),
            Value(query, "status") is { } status && Statuses.Contains(status, StringComparer.Ordinal) ? status : null,
            Value(query, "since") is { } since && Spans.Any(span => span.Key == since) ? since : null,
            Value(query, "q"),
            long.TryParse(query["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var before)
                ? before
                : null
        );

    /// <summary>The earliest creation that is shown, Unix milliseconds, or null.</summary>
    public long? SinceMs(long nowMs)
    {
        foreach (var (key, _, length) in Spans)
        {
            if (key == Since)
            {
                return nowMs - (long)length.TotalMilliseconds;
            }
        }

        return null;
    }

    /// <summary>The address of this view.</summary>
    public string Url()
    {
        var parts = new List<string>();
        Add(parts, "project", Project);
        Add(parts, "assistant", Assistant);
        Add(parts, "thread", Thread);
        Add(parts, "status", Status);
        Add(parts, "since", Since);
        Add(parts, "q", Text);
        Add(parts, "before", Before?.ToString(CultureInfo.InvariantCulture));
        return parts.Count == 0 ? "/console" : "/console?" + string.Join('&', parts);
    }

    private static void Add(List<string> parts, string name, string? value)
    {
        if (value is not null)
        {
            parts.Add($"{name}={Uri.EscapeDataString(value)}");
        }
    }

    private static string? Value(IQueryCollection query, string name)
    {
        var value = query[name].ToString().Trim();
        return value.Length is 0 or > MaxChars ? null : value;
    }
}
