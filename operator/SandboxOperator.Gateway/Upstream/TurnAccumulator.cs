using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>
/// Puts a turn together from the chunks of a stream, and tells what each of them adds. Takes what servers really send:
/// missing ids and indexes, calls in one piece, unknown fields, any finish reason.
/// </summary>
internal sealed class TurnAccumulator
{
    private const int MaxToolCalls = 128;

    /// <summary>Of everything the model writes in one turn; no context window holds as much.</summary>
    private const int MaxChars = 8 * 1024 * 1024;

    /// <summary>Of JSON that is kept for later requests as it came; in memory it is many times larger.</summary>
    private const int MaxExtraChars = 256 * 1024;
    private const int MaxReasonChars = 64;
    private const int MaxNameChars = 256;

    private readonly JsonObject _extra = [];
    private readonly Dictionary<string, StringBuilder> _extraText = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _refusal = new();
    private readonly StreamedString _textReader = new();
    private readonly StreamedString _refusalReader = new();
    private readonly List<ToolCallAccumulator> _calls = [];
    private readonly Dictionary<long, ToolCallAccumulator> _byIndex = [];
    private ToolCallAccumulator? _open;
    private string? _finishReason;
    private string? _model;
    private string? _id;
    private long _chars;
    private long _extraChars;

    /// <summary>The usage that the upstream reported, or null.</summary>
    public ModelUsage? Usage { get; private set; }

    /// <summary>True when the upstream has said why it stopped.</summary>
    public bool IsFinished => _finishReason is not null;

    /// <summary>True when the model has written anything.</summary>
    public bool HasBegun => _chars > 0 || _calls.Count > 0;

    /// <summary>Everything the model wrote, for counting.</summary>
    public IEnumerable<string> Written =>
        new[] { _text.ToString(), _refusal.ToString() }
            .Concat(_extraText.Values.Select(text => text.ToString()))
            .Concat(_calls.Select(call => call.ToJson().ToJsonString()));

    /// <summary>Takes a chunk of a stream, or a whole completion.</summary>
    public IEnumerable<ModelEvent> Add(JsonElement chunk)
    {
        if (LenientJson.Property(chunk, "usage") is { ValueKind: JsonValueKind.Object } usage)
        {
            Usage = ReportedUsage.Read(usage);
        }
        _model ??= Name(chunk, "model");
        _id ??= Name(chunk, "id");
        var events = new List<ModelEvent>();
        if (
            LenientJson.Property(chunk, "choices") is not { ValueKind: JsonValueKind.Array } choices
            || choices.GetArrayLength() == 0
        )
        {
            return events;
        }
        var choice = choices[0];
        var delta = LenientJson.Property(choice, "delta") ?? LenientJson.Property(choice, "message");
        if (delta is { ValueKind: JsonValueKind.Object } said)
        {
            AddDelta(said, events);
        }
        if (LenientJson.String(choice, "finish_reason") is { } reason)
        {
            _finishReason = reason.Length <= MaxReasonChars ? reason : reason[..MaxReasonChars];
        }
        return events;
    }

    /// <summary>What is left to tell before the turn itself.</summary>
    public IEnumerable<ModelEvent> Close()
    {
        foreach (var call in _calls)
        {
            if (call.Close() is { } rest)
            {
                yield return rest;
            }
        }
    }

    /// <summary>The whole turn, after <see cref="Close"/>.</summary>
    public ModelTurn ToTurn(ModelUsage usage)
    {
        var message = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = _text.Length > 0 || _calls.Count == 0 ? _text.ToString() : null,
        };
        if (_refusal.Length > 0)
        {
            message["refusal"] = _refusal.ToString();
        }
        foreach (var (name, text) in _extraText)
        {
            message[name] = text.ToString();
        }
        foreach (var (name, value) in _extra)
        {
            message[name] = value?.DeepClone();
        }
        if (_calls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. _calls.Select(call => (JsonNode)call.ToJson())]);
        }
        return new ModelTurn(message, _finishReason ?? (_calls.Count > 0 ? "tool_calls" : "stop"), usage)
        {
            Model = _model,
            Id = _id,
        };
    }

    private void AddDelta(JsonElement delta, List<ModelEvent> events)
    {
        foreach (var property in delta.EnumerateObject())
        {
            switch (property.Name)
            {
                case "role":
                    break;
                case "content":
                    AddText(property.Value, events);
                    break;
                case "refusal" when property.Value.ValueKind == JsonValueKind.String:
                    var refusal = _refusalReader.Read(property.Value);
                    if (refusal.Length > 0)
                    {
                        Append(_refusal, refusal);
                        events.Add(new ModelRefusalDelta(refusal));
                    }
                    break;
                case "tool_calls" when property.Value.ValueKind == JsonValueKind.Array:
                    foreach (var call in property.Value.EnumerateArray())
                    {
                        AddToolCall(call, events);
                    }
                    break;
                default:
                    AddExtra(property.Name, property.Value);
                    break;
            }
        }
    }

    private void AddText(JsonElement content, List<ModelEvent> events)
    {
        var text = content.ValueKind switch
        {
            JsonValueKind.String => _textReader.Read(content),
            JsonValueKind.Array => string.Concat(
                content.EnumerateArray().Select(part => LenientJson.String(part, "text") ?? "")
            ),
            _ => "",
        };
        if (text.Length > 0)
        {
            Append(_text, text);
            events.Add(new ModelTextDelta(text));
        }
    }

    private void AddToolCall(JsonElement delta, List<ModelEvent> events)
    {
        if (delta.ValueKind != JsonValueKind.Object)
        {
            return;
        }
        var call = Find(delta);
        if (call != _open)
        {
            if (_open?.Close() is { } rest)
            {
                events.Add(rest);
            }
            _open = call;
        }
        var length = call.Length;
        if (call.Add(delta, KeepExtra) is { } told)
        {
            events.Add(told);
        }
        Count(call.Length - length);
    }

    /// <summary>
    /// The call that a delta belongs to: by index; without one, a new id or a name with nothing open starts a call. An
    /// index that comes again with another id and a name is a new call too, because some servers count nothing.
    /// </summary>
    private ToolCallAccumulator Find(JsonElement delta)
    {
        var index = LenientJson.Integer(delta, "index");
        var id = LenientJson.String(delta, "id");
        var name = LenientJson.Property(delta, "function") is { } function
            ? LenientJson.String(function, "name")
            : null;
        var known = index is { } number ? _byIndex.GetValueOrDefault(number) : _calls.LastOrDefault();
        var isAnother =
            !string.IsNullOrEmpty(name)
            && known is not null
            && (string.IsNullOrEmpty(id) ? index is null && known.Length > 0 : known.Id is not null && id != known.Id);
        if (known is not null && !isAnother)
        {
            return known;
        }
        if (_calls.Count >= MaxToolCalls)
        {
            throw new InvalidDataException("The upstream model asked for too many tool calls.");
        }
        var call = new ToolCallAccumulator(_calls.Count);
        if (_calls.Any(other => other.Id == id))
        {
            // Ids must differ within a message.
            call.Id = id is null ? null : ToolCallIds.New();
        }
        _calls.Add(call);
        if (index is { } position)
        {
            _byIndex[position] = call;
        }
        return call;
    }

    private void AddExtra(string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                break;
            case JsonValueKind.String:
                if (!_extraText.TryGetValue(name, out var text))
                {
                    CountExtra(name.Length);
                    _extraText[name] = text = new StringBuilder();
                }
                Append(text, LenientJson.String(value));
                break;
            case JsonValueKind.Array when _extra[name] is JsonArray known:
                CountExtra(value.GetRawText().Length);
                foreach (var item in value.EnumerateArray())
                {
                    known.Add(LenientJson.ToNode(item));
                }
                break;
            default:
                _extra[name] = KeepExtra(name, value);
                break;
        }
    }

    private JsonNode? KeepExtra(string name, JsonElement value)
    {
        CountExtra(name.Length + value.GetRawText().Length);
        return LenientJson.ToNode(value);
    }

    private void Append(StringBuilder text, string piece)
    {
        Count(piece.Length);
        text.Append(piece);
    }

    private void Count(int chars)
    {
        _chars += chars;
        if (_chars > MaxChars)
        {
            throw new InvalidDataException("The upstream model's answer is too large.");
        }
    }

    private void CountExtra(int chars)
    {
        _extraChars += chars;
        if (_extraChars > MaxExtraChars)
        {
            throw new InvalidDataException("The upstream model's answer has too much beside its text.");
        }
    }

    private static string? Name(JsonElement chunk, string property) =>
        LenientJson.String(chunk, property) is { Length: > 0 and <= MaxNameChars } name ? name : null;
}
