using System.Globalization;

namespace SandboxOperator.Gateway.Http;

/// <summary>The errors that several endpoints give, worded as applications know them.</summary>
internal static class ApiErrors
{
    /// <summary>More than any parameter's name has.</summary>
    private const int MaxNameChars = 64;

    public static ApiException Invalid(string message, string? param = null, string? code = null) =>
        new(StatusCodes.Status400BadRequest, message, param, code);

    public static ApiException InvalidValue(string param, string message) => Invalid(message, param, "invalid_value");

    /// <param name="kind">In the API's words, such as <c>assistant</c> or <c>run step</c>.</param>
    /// <param name="id">The id that was asked for.</param>
    public static ApiException NotFound(string kind, string id) =>
        new(StatusCodes.Status404NotFound, $"No {kind} found with id '{Shorten(id)}'.");

    public static ApiException FileNotFound(string id) =>
        new(StatusCodes.Status404NotFound, $"No such File object: {Shorten(id)}", "id");

    public static ApiException ModelNotFound(string name) =>
        new(StatusCodes.Status404NotFound, $"The model '{Shorten(name)}' does not exist", "model", "model_not_found");

    public static ApiException Missing(string param) =>
        Invalid($"Missing required parameter: '{param}'.", param, "missing_required_parameter");

    public static ApiException Unknown(string param)
    {
        var name = Shorten(param, MaxNameChars);
        return Invalid($"Unknown parameter: '{name}'.", name, "unknown_parameter");
    }

    /// <param name="param">The path.</param>
    /// <param name="expected">With its article, such as <c>a string</c>.</param>
    /// <param name="got">With its article.</param>
    public static ApiException WrongType(string param, string expected, string got) =>
        Invalid($"Invalid type for '{param}': expected {expected}, but got {got} instead.", param, "invalid_type");

    public static ApiException NotOneOf(string param, string value, IReadOnlyList<string> supported) =>
        Invalid(
            $"Invalid value: '{Shorten(value)}'. Supported values are: {Enumerate(supported)}.",
            param,
            "invalid_value"
        );

    public static ApiException TooLong(string param, int maximum, int length) =>
        Invalid(
            $"Invalid '{param}': string too long. Expected a string with maximum length {maximum}, but got a string with length {length} instead.",
            param,
            "string_above_max_length"
        );

    public static ApiException TooShort(string param, int minimum) =>
        Invalid(
            $"Invalid '{param}': empty string. Expected a string with minimum length {minimum}, but got an empty string instead.",
            param,
            "empty_string"
        );

    public static ApiException TooMany(string param, int maximum, int length) =>
        Invalid(
            $"Invalid '{param}': array too long. Expected an array with maximum length {maximum}, but got an array with length {length} instead.",
            param,
            "array_above_max_length"
        );

    public static ApiException TooFew(string param, int minimum, int length) =>
        Invalid(
            $"Invalid '{param}': array too short. Expected an array with minimum length {minimum}, but got an array with length {length} instead.",
            param,
            "array_below_min_length"
        );

    public static ApiException Above(string param, string kind, IFormattable maximum, IFormattable value) =>
        Invalid(
            $"Invalid '{param}': {kind} above maximum value. Expected a value <= {Text(maximum)}, but got {Text(value)} instead.",
            param,
            $"{kind}_above_max_value"
        );

    public static ApiException Below(string param, string kind, IFormattable minimum, IFormattable value) =>
        Invalid(
            $"Invalid '{param}': {kind} below minimum value. Expected a value >= {Text(minimum)}, but got {Text(value)} instead.",
            param,
            $"{kind}_below_min_value"
        );

    /// <param name="what">What was asked for, such as <c>The tool 'file_search'</c>.</param>
    /// <param name="param">The path, or null.</param>
    public static ApiException Unsupported(string what, string? param) =>
        Invalid($"{what} is not supported by this server.", param, "unsupported_value");

    public static ApiException SandboxesUnavailable(string message) =>
        new(StatusCodes.Status503ServiceUnavailable, message, code: "sandbox_unavailable", type: "server_error");

    public static ApiException TooLarge(string message, string? param = null) =>
        new(StatusCodes.Status413PayloadTooLarge, message, param, "request_too_large");

    /// <summary>Keeps what a caller sent from filling an error.</summary>
    public static string Shorten(string text, int maximum = 200)
    {
        if (text.Length <= maximum)
        {
            return text;
        }
        // Not between the halves of a character.
        return text[..(char.IsHighSurrogate(text[maximum - 1]) ? maximum - 1 : maximum)] + "…";
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    /// <summary><c>'a', 'b', and 'c'</c>.</summary>
    private static string Enumerate(IReadOnlyList<string> values) =>
        values.Count switch
        {
            1 => $"'{values[0]}'",
            2 => $"'{values[0]}' and '{values[1]}'",
            _ => string.Join(", ", values.SkipLast(1).Select(value => $"'{value}'")) + $", and '{values[^1]}'",
        };
}
