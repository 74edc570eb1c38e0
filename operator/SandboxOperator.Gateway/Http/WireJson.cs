using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SandboxOperator.Gateway.Http;

/// <summary>JSON as the API speaks it: snake case, nulls written, text left readable.</summary>
internal static class WireJson
{
    /// <summary>The deepest nesting that requests may have.</summary>
    public const int MaxDepth = 64;

    // The answers are JSON and never part of an HTML page, so there is nothing to escape for one.
    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaxDepth,
    };

    public static readonly JsonDocumentOptions Reading = new()
    {
        MaxDepth = MaxDepth,
        // A second property of the same name would hide the first from one reader and not from another.
        AllowDuplicateProperties = false,
    };

    /// <summary>Writes JSON and returns its bytes.</summary>
    public static ReadOnlyMemory<byte> Bytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            write(writer);
        }
        return buffer.WrittenMemory;
    }

    /// <summary>Writes JSON and returns its text, as the store keeps it.</summary>
    public static string Text(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(Bytes(write).Span);

    /// <summary>The element without the caller's white space.</summary>
    public static string Text(JsonElement element) => Text(element.WriteTo);

    /// <summary>Writes a property whose value is JSON text from the store.</summary>
    public static void WriteRaw(this Utf8JsonWriter writer, string name, string? json)
    {
        writer.WritePropertyName(name);
        if (json is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteRawValue(json, skipInputValidation: true);
        }
    }

    /// <summary>Writes a time in whole Unix seconds, or null.</summary>
    public static void WriteSeconds(this Utf8JsonWriter writer, string name, long? unixMilliseconds)
    {
        if (unixMilliseconds is { } milliseconds)
        {
            writer.WriteNumber(name, milliseconds / 1000);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>Writes a number, or null.</summary>
    public static void WriteNumberOrNull(this Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
