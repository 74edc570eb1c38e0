using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>The scripts, and which turn a request gets.</summary>
internal sealed partial class ScriptBook
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<ScriptedTurn, int> _faults = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _lock = new();
    private readonly List<(Regex Match, Script Script)> _scripts = [];
    private readonly Queue<ScriptedTurn> _queue = new();

    public void Add(Script script)
    {
        lock (_lock)
        {
            if (script.Match is { } match)
            {
                // The newest script wins, so that a test may replace one.
                _scripts.Insert(0, (new Regex(match, RegexOptions.None, MatchTimeout), script));
                return;
            }
            foreach (var turn in script.Turns)
            {
                _queue.Enqueue(turn);
            }
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _scripts.Clear();
            _queue.Clear();
        }
    }

    /// <summary>The turn for a request; null when a script that matches has no more of them.</summary>
    public ScriptedTurn? Choose(JsonArray messages)
    {
        var turn = Find(messages);
        while (
            turn is { IfToolOutput: { } pattern }
            && !Regex.IsMatch(LastText(messages, "tool"), pattern, RegexOptions.None, MatchTimeout)
        )
        {
            turn = turn.Else;
        }
        return turn;
    }

    /// <summary>True when the turn's fault has to happen now.</summary>
    public bool FaultIsDue(ScriptedTurn turn)
    {
        if (turn.Fault is not { } fault)
        {
            return false;
        }
        return fault.Times == 0 || _faults.AddOrUpdate(turn, 1, (_, count) => count + 1) <= fault.Times;
    }

    public static string Expand(string text, JsonArray messages, string model) =>
        Template()
            .Replace(
                text,
                match =>
                {
                    var value = match.Groups["name"].Value switch
                    {
                        "last_tool_output" => LastText(messages, "tool"),
                        "last_user_text" => LastText(messages, "user"),
                        _ => model,
                    };
                    if (!match.Groups["regex"].Success)
                    {
                        return value;
                    }
                    var found = Regex.Match(value, match.Groups["regex"].Value, RegexOptions.None, MatchTimeout);
                    return found.Success ? found.Groups[Math.Min(1, found.Groups.Count - 1)].Value : "";
                }
            );

    private ScriptedTurn? Find(JsonArray messages)
    {
        lock (_lock)
        {
            var answers = 0;
            for (var i = messages.Count - 1; i >= 0; i--)
            {
                var role = (string?)messages[i]?["role"];
                if (role == "assistant")
                {
                    answers++;
                }
                else if (role == "user")
                {
                    var text = TextOf(messages[i]);
                    var script = _scripts.Find(entry => entry.Match.IsMatch(text)).Script;
                    if (script is not null)
                    {
                        return script.Turns.ElementAtOrDefault(answers);
                    }
                }
            }
            return _queue.TryDequeue(out var turn) ? turn : ScriptedTurn.Say($"You said: {LastText(messages, "user")}");
        }
    }

    private static string LastText(JsonArray messages, string role) =>
        TextOf(messages.LastOrDefault(message => (string?)message?["role"] == role));

    private static string TextOf(JsonNode? message) =>
        message?["content"] switch
        {
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            JsonArray parts => string.Join('\n', parts.Select(part => (string?)part?["text"] ?? "")),
            _ => "",
        };

    [GeneratedRegex(
        @"\{\{(?<name>last_tool_output|last_user_text|model)(:(?<regex>.*?))?\}\}",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        matchTimeoutMilliseconds: 2000
    )]
    private static partial Regex Template();
}
