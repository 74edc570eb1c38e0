using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>
/// Leaves out parts of a history, least important first: (1) code and outputs of earlier runs, oldest first; (2) the
/// oldest messages before the newest one; (3) the oldest turns of the current run but the last; (4) the middle of that
/// turn's results. A tool call always goes together with its result.
/// </summary>
internal sealed class HistoryTruncation
{
    private const int ShortResultChars = 4000;
    private readonly List<HistoryEntry?> _entries;
    private readonly long[] _tokens;
    private readonly string _runId;
    private readonly Func<HistoryItem, IReadOnlyList<JsonObject>> _withoutTools;
    private readonly Func<JsonObject, long> _count;
    private readonly Queue<(int Index, Drop What)> _drops = new();

    public HistoryTruncation(
        IReadOnlyList<HistoryEntry> entries,
        string runId,
        Func<HistoryItem, IReadOnlyList<JsonObject>> withoutTools,
        Func<JsonObject, long> count
    )
    {
        _entries = [.. entries];
        _tokens = [.. entries.Select(entry => entry.Messages.Sum(count))];
        _runId = runId;
        _withoutTools = withoutTools;
        _count = count;
        PlanDrops();
    }

    private enum Drop
    {
        /// <summary>Calls and results go, text stays.</summary>
        Tools,

        /// <summary>All of it goes.</summary>
        Everything,

        /// <summary>Results keep their head and tail.</summary>
        Middle,
    }

    /// <summary>Tokens of what is left.</summary>
    public long Tokens => _tokens.Sum();

    /// <summary>True while there is something that may go.</summary>
    public bool CanDrop => _drops.Count > 0;

    /// <summary>What is left, in order.</summary>
    public IEnumerable<JsonObject> Messages => _entries.OfType<HistoryEntry>().SelectMany(entry => entry.Messages);

    /// <summary>Keeps the newest messages before the current run, and all of the current run.</summary>
    public void KeepLastMessages(int count)
    {
        var kept = 0;
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i] is not { } entry || IsCurrent(entry))
            {
                continue;
            }
            if (kept >= count)
            {
                Remove(i);
            }
            else if (entry.Messages.Any(HasText))
            {
                kept++;
            }
        }
    }

    /// <summary>Leaves out the next part; false when nothing more may go.</summary>
    public bool DropNext()
    {
        while (_drops.TryDequeue(out var drop))
        {
            if (_entries[drop.Index] is not { } entry)
            {
                continue;
            }
            if (drop.What == Drop.Everything)
            {
                Remove(drop.Index);
                return true;
            }
            var left = drop.What == Drop.Tools ? _withoutTools(entry.Item) : entry.Messages.Select(Shorten).ToList();
            _entries[drop.Index] = entry with { Messages = left };
            _tokens[drop.Index] = left.Sum(_count);
            return true;
        }
        return false;
    }

    private void PlanDrops()
    {
        var last = _entries.FindLastIndex(entry => entry is { Item: ClientMessage });
        var earlier = Enumerable.Range(0, _entries.Count).Where(i => !IsCurrent(_entries[i]!)).ToList();
        foreach (var i in earlier.Where(i => _entries[i]!.Messages.Any(message => message.ContainsKey("tool_calls"))))
        {
            _drops.Enqueue((i, Drop.Tools));
        }
        foreach (var i in earlier.Where(i => i != last))
        {
            _drops.Enqueue((i, Drop.Everything));
        }
        var current = Enumerable.Range(0, _entries.Count).Where(i => IsCurrent(_entries[i]!)).ToList();
        foreach (var i in current.SkipLast(1))
        {
            _drops.Enqueue((i, Drop.Everything));
        }
        foreach (var i in current.TakeLast(1).Where(i => _entries[i]!.Messages.Any(IsLongResult)))
        {
            _drops.Enqueue((i, Drop.Middle));
        }
    }

    private static bool IsLongResult(JsonObject message) =>
        (string?)message["role"] == "tool" && ((string?)message["content"])?.Length > ShortResultChars;

    private static JsonObject Shorten(JsonObject message)
    {
        if (!IsLongResult(message))
        {
            return message;
        }
        var text = new CutText(ShortResultChars * 3 / 4, ShortResultChars / 4);
        text.Append((string)message["content"]!);
        var shortened = message.DeepClone().AsObject();
        shortened["content"] = text.ToString();
        return shortened;
    }

    private bool IsCurrent(HistoryEntry entry) => entry.Item is RunTurn turn && turn.RunId == _runId;

    private void Remove(int index)
    {
        _entries[index] = null;
        _tokens[index] = 0;
    }

    private static bool HasText(JsonObject message) =>
        (string?)message["role"] is "user" or "assistant" && message["content"] is not null;
}
