using System.Text.Json;

namespace SandboxOperator.Gateway.Http;

/// <summary>
/// Reads the parameters of a JSON object. It knows its path, so that every error names the parameter at fault, and
/// which parameters were read, so that <see cref="End"/> can refuse the others. Null counts as not given.
/// </summary>
internal sealed class JsonObjectReader
{
    private readonly JsonElement _element;
    private readonly string _path;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <param name="element">The object.</param>
    /// <param name="path">Where it stands, such as <c>tools[0].function</c>; empty for the body.</param>
    /// <exception cref="ApiException">The element is not an object.</exception>
    public JsonObjectReader(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw path.Length == 0
                ? ApiErrors.Invalid(
                    $"Invalid body: expected an object, but got {JsonKinds.Describe(element)} instead.",
                    code: "invalid_type"
                )
                : ApiErrors.WrongType(path, "an object", JsonKinds.Describe(element));
        }
        _element = element;
        _path = path;
    }

    /// <summary>The object itself.</summary>
    public JsonElement Element => _element;

    /// <summary>The path of one of the object's parameters.</summary>
    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    /// <summary>Whether the parameter is there at all, be it null.</summary>
    public bool Has(string name)
    {
        _read.Add(name);
        return _element.TryGetProperty(name, out _);
    }

    /// <summary>The parameter's value, or null when it is absent or null.</summary>
    public JsonElement? Value(string name)
    {
        _read.Add(name);
        return _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public JsonElement RequiredValue(string name) => Value(name) ?? throw ApiErrors.Missing(PathOf(name));

    /// <summary>Accepts a parameter without looking at it.</summary>
    public void Ignore(string name) => _read.Add(name);

    public string? String(string name, int maximum = int.MaxValue, int minimum = 0) =>
        Value(name) is { } value ? JsonKinds.String(value, PathOf(name), maximum, minimum) : null;

    public string RequiredString(string name, int maximum = int.MaxValue, int minimum = 1) =>
        JsonKinds.String(RequiredValue(name), PathOf(name), maximum, minimum);

    /// <summary>One of a few words.</summary>
    public string? Word(string name, params string[] supported) =>
        Value(name) is { } value ? JsonKinds.Word(value, PathOf(name), supported) : null;

    public string RequiredWord(string name, params string[] supported) =>
        JsonKinds.Word(RequiredValue(name), PathOf(name), supported);

    public long? Integer(string name, long minimum = long.MinValue, long maximum = long.MaxValue) =>
        Value(name) is { } value ? JsonKinds.Integer(value, PathOf(name), minimum, maximum) : null;

    public long RequiredInteger(string name, long minimum = long.MinValue, long maximum = long.MaxValue) =>
        JsonKinds.Integer(RequiredValue(name), PathOf(name), minimum, maximum);

    public double? Number(string name, double minimum, double maximum) =>
        Value(name) is { } value ? JsonKinds.Number(value, PathOf(name), minimum, maximum) : null;

    public bool? Boolean(string name) =>
        Value(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { } value => throw ApiErrors.WrongType(PathOf(name), "a boolean", JsonKinds.Describe(value)),
        };

    public JsonObjectReader? Object(string name) =>
        Value(name) is { } value ? new JsonObjectReader(value, PathOf(name)) : null;

    public JsonObjectReader RequiredObject(string name) => new(RequiredValue(name), PathOf(name));

    /// <summary>The elements of an array with their paths, or null when it is absent.</summary>
    public IReadOnlyList<(JsonElement Value, string Path)>? Array(
        string name,
        int maximum = int.MaxValue,
        int minimum = 0
    )
    {
        if (Value(name) is not { } value)
        {
            return null;
        }
        var path = PathOf(name);
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw ApiErrors.WrongType(path, "an array", JsonKinds.Describe(value));
        }
        var length = value.GetArrayLength();
        if (length > maximum)
        {
            throw ApiErrors.TooMany(path, maximum, length);
        }
        if (length < minimum)
        {
            throw ApiErrors.TooFew(path, minimum, length);
        }
        return [.. value.EnumerateArray().Select((item, index) => (item, $"{path}[{index}]"))];
    }

    /// <summary>The objects of an array, or null when it is absent.</summary>
    public IReadOnlyList<JsonObjectReader>? Objects(string name, int maximum = int.MaxValue, int minimum = 0) =>
        Array(name, maximum, minimum)?.Select(item => new JsonObjectReader(item.Value, item.Path)).ToList();

    /// <summary>The strings of an array, or null when it is absent.</summary>
    public IReadOnlyList<string>? Strings(string name, int maximum = int.MaxValue, int minimum = 0) =>
        Array(name, maximum, minimum)
            ?.Select(item => JsonKinds.String(item.Value, item.Path, int.MaxValue, 1))
            .ToList();

    /// <summary>Refuses parameters that nobody read.</summary>
    /// <exception cref="ApiException">There is one.</exception>
    public void End()
    {
        foreach (var property in _element.EnumerateObject())
        {
            if (!_read.Contains(property.Name))
            {
                throw ApiErrors.Unknown(PathOf(property.Name));
            }
        }
    }
}
