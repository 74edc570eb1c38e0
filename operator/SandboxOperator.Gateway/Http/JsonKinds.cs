using System.Text.Json;

namespace SandboxOperator.Gateway.Http;

/// <summary>Turns one JSON value into what a parameter needs, or says what is wrong with it.</summary>
internal static class JsonKinds
{
    /// <summary>What a value is, with its article, for errors.</summary>
    public static string Describe(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => IsWhole(value) ? "an integer" : "a decimal",
            JsonValueKind.True or JsonValueKind.False => "a boolean",
            _ => "null",
        };

    public static string String(JsonElement value, string path, int maximum, int minimum)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw ApiErrors.WrongType(path, "a string", Describe(value));
        }
        var text = value.GetString()!;
        // Characters are counted as Unicode counts them; only a long text is worth counting.
        if (text.Length > maximum && text.EnumerateRunes().Count() is var length && length > maximum)
        {
            throw ApiErrors.TooLong(path, maximum, length);
        }
        if (text.Length < minimum)
        {
            throw ApiErrors.TooShort(path, minimum);
        }
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw ApiErrors.InvalidValue(path, $"Invalid '{path}': the character U+0000 is not allowed.");
        }
        return text;
    }

    public static string Word(JsonElement value, string path, IReadOnlyList<string> supported)
    {
        var text = String(value, path, int.MaxValue, 0);
        return supported.Contains(text, StringComparer.Ordinal)
            ? text
            : throw ApiErrors.NotOneOf(path, text, supported);
    }

    public static long Integer(JsonElement value, string path, long minimum, long maximum)
    {
        if (value.ValueKind != JsonValueKind.Number || !IsWhole(value))
        {
            throw ApiErrors.WrongType(path, "an integer", Describe(value));
        }
        var number = value.GetDouble();
        if (number > maximum)
        {
            throw ApiErrors.Above(path, "integer", maximum, number);
        }
        if (number < minimum)
        {
            throw ApiErrors.Below(path, "integer", minimum, number);
        }
        return value.TryGetInt64(out var integer) ? integer : (long)number;
    }

    public static double Number(JsonElement value, string path, double minimum, double maximum)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number))
        {
            throw ApiErrors.WrongType(path, "a decimal", Describe(value));
        }
        if (number > maximum)
        {
            throw ApiErrors.Above(path, "decimal", maximum, number);
        }
        if (number < minimum)
        {
            throw ApiErrors.Below(path, "decimal", minimum, number);
        }
        return number;
    }

    private static bool IsWhole(JsonElement value) =>
        value.TryGetInt64(out _) || (value.TryGetDouble(out var number) && double.IsInteger(number));
}
