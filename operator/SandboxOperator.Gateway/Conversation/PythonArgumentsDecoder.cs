using System.Text;
using System.Text.Json;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>
/// Decodes the Python source in the streamed arguments of a <c>python</c> call, however the arguments are cut.
/// Arguments should be <c>{"code": "…"}</c>; a JSON string is taken too, and what is not JSON is the code itself.
/// What <see cref="Push"/> and <see cref="Finish"/> return, joined, is the code.
/// </summary>
internal sealed class PythonArgumentsDecoder
{
    private const int AlwaysLookChars = 512;
    private readonly StringBuilder _all = new();
    private readonly JsonStringReader _string = new();
    private Mode _mode = Mode.Undecided;
    private int _read;
    private int _nextLook;

    private enum Mode
    {
        /// <summary>Nothing given out yet: it may be JSON or code.</summary>
        Undecided,

        /// <summary>Inside the string of <c>code</c>.</summary>
        Code,

        /// <summary>The string of <c>code</c> is over, or there is none to stream: the rest is not code.</summary>
        Done,

        /// <summary>The arguments are the code.</summary>
        Raw,
    }

    /// <summary>The code of complete arguments.</summary>
    public static string Decode(string arguments)
    {
        var decoder = new PythonArgumentsDecoder();
        return decoder.Push(arguments) + decoder.Finish();
    }

    /// <summary>Takes the next piece; returns the code that is certain by now, often empty.</summary>
    public string Push(string piece)
    {
        _all.Append(piece);
        if (_mode == Mode.Undecided && _all.Length >= _nextLook)
        {
            Decide();
            // Each look reads everything: long undecided arguments are looked at ever more rarely.
            _nextLook = _all.Length < AlwaysLookChars ? 0 : _all.Length * 2;
        }
        return Read();
    }

    /// <summary>The rest of the code, at the end of the arguments.</summary>
    public string Finish()
    {
        if (_mode == Mode.Undecided)
        {
            Decide();
        }
        var rest = Read();
        switch (_mode)
        {
            case Mode.Code:
                _mode = Mode.Done;
                return rest + _string.Finish();
            case Mode.Undecided:
                _mode = Mode.Done;
                return WithoutCodeProperty(_all.ToString());
            default:
                return rest;
        }
    }

    private void Decide()
    {
        var text = _all.ToString();
        switch (ArgumentsPrefix.Find(text, out var start))
        {
            case ArgumentsPrefix.Kind.Code:
                _mode = Mode.Code;
                _read = start;
                break;
            case ArgumentsPrefix.Kind.NotJson:
                _mode = Mode.Raw;
                break;
        }
    }

    private string Read()
    {
        if (_mode is not (Mode.Code or Mode.Raw))
        {
            return "";
        }
        var next = _all.ToString(_read, _all.Length - _read);
        _read = _all.Length;
        if (_mode == Mode.Raw)
        {
            return next;
        }
        var code = _string.Read(next, out var ended);
        if (ended)
        {
            _mode = Mode.Done;
        }
        return code;
    }

    /// <summary>Complete arguments that have no string <c>code</c>: one other string is meant, or they are code.</summary>
    private static string WithoutCodeProperty(string text)
    {
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
        using (json)
        {
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.String)
            {
                var inner = LenientJson.String(root);
                return inner.TrimStart().StartsWith("{\"code\"", StringComparison.Ordinal) ? Decode(inner) : inner;
            }
            if (root.ValueKind != JsonValueKind.Object)
            {
                return text;
            }
            var properties = root.EnumerateObject().Select(property => property.Value).ToList();
            var strings = properties.Where(value => value.ValueKind == JsonValueKind.String).ToList();
            return strings.Count == 1 ? LenientJson.String(strings[0])
                : properties.Count == 0 ? ""
                : text;
        }
    }
}
