using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Upstream;

/// <summary>One tool call of a streamed turn.</summary>
internal sealed class ToolCallAccumulator(int index)
{
    /// <summary>What a call is named when the upstream gives no name at all; no tool has it.</summary>
    private const string NoName = "unknown";

    private const int MaxIdChars = 256;
    private const int MaxNameChars = 1024;

    private readonly JsonObject _extra = [];
    private readonly StringBuilder _arguments = new();
    private readonly StringBuilder _waiting = new();
    private readonly StreamedString _argumentText = new();
    private string _name = "";
    private bool _announced;

    /// <summary>The upstream's id, or null.</summary>
    public string? Id { get; set; }

    /// <summary>All characters of name and arguments so far.</summary>
    public int Length => _arguments.Length + _name.Length;

    /// <summary>Takes a delta of the call; returns what is to be told of it, or null.</summary>
    /// <param name="delta">The delta.</param>
    /// <param name="keep">Makes a copy of what is not known, within bounds.</param>
    public ModelToolCallDelta? Add(JsonElement delta, Func<string, JsonElement, JsonNode?> keep)
    {
        // A longer id is no id; the call gets one of ours.
        Id ??= LenientJson.String(delta, "id") is { Length: > 0 and <= MaxIdChars } id ? id : null;
        foreach (var property in delta.EnumerateObject())
        {
            if (property.Name is not ("index" or "id" or "type" or "function"))
            {
                _extra[property.Name] = keep(property.Name, property.Value);
            }
        }
        if (LenientJson.Property(delta, "function") is { } function)
        {
            AddName(LenientJson.String(function, "name"));
            var piece = LenientJson.Property(function, "arguments") switch
            {
                { ValueKind: JsonValueKind.String } text => _argumentText.Read(text),
                // Some servers give the object itself.
                { ValueKind: JsonValueKind.Object } whole => whole.GetRawText(),
                _ => "",
            };
            _arguments.Append(piece);
            _waiting.Append(piece);
        }
        // The name may come in pieces; once there are arguments it is whole.
        return _waiting.Length > 0 && _name.Length > 0 ? Tell() : null;
    }

    /// <summary>What is still to be told at the call's end, or null.</summary>
    public ModelToolCallDelta? Close()
    {
        if (_announced && _waiting.Length == 0)
        {
            return null;
        }
        _name = _name.Length == 0 ? NoName : _name;
        return Tell();
    }

    /// <summary>The call as later requests must repeat it.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["id"] = Id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = _name, ["arguments"] = _arguments.ToString() },
        };
        foreach (var (name, value) in _extra)
        {
            json[name] = value?.DeepClone();
        }
        return json;
    }

    private void AddName(string? piece)
    {
        if (string.IsNullOrEmpty(piece) || _announced || piece == _name)
        {
            return;
        }
        _name = piece.StartsWith(_name, StringComparison.Ordinal) ? piece : _name + piece;
        if (_name.Length > MaxNameChars)
        {
            throw new InvalidDataException("The upstream model's tool call has too long a name.");
        }
    }

    private ModelToolCallDelta Tell()
    {
        Id ??= ToolCallIds.New();
        var delta = new ModelToolCallDelta(
            index,
            _announced ? null : Id,
            _announced ? null : _name,
            _waiting.ToString()
        );
        _waiting.Clear();
        _announced = true;
        return delta;
    }
}
