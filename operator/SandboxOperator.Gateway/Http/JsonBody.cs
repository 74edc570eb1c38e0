using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace SandboxOperator.Gateway.Http;

/// <summary>The JSON body of a request. Endpoints take it as a parameter; no body at all counts as <c>{}</c>.</summary>
internal sealed class JsonBody
{
    private JsonBody(JsonElement root) => Root = new JsonObjectReader(root, "");

    /// <summary>The body's object.</summary>
    public JsonObjectReader Root { get; }

    /// <summary>Lets endpoints declare a parameter of this type.</summary>
    public static async ValueTask<JsonBody> BindAsync(HttpContext context)
    {
        var body = await ReadToEndAsync(context.Request.BodyReader, context.RequestAborted);
        try
        {
            if (IsBlank(body))
            {
                return new JsonBody(JsonDocument.Parse("{}").RootElement);
            }
            // A copy: a document refers to the bytes it was read from, and the server's go to the next request.
            var document = Parse(body.ToArray());
            context.Response.RegisterForDispose(document);
            return new JsonBody(document.RootElement);
        }
        finally
        {
            context.Request.BodyReader.AdvanceTo(body.End);
        }
    }

    /// <summary>Reads JSON text that did not come as a body.</summary>
    /// <exception cref="ApiException">It is not a JSON object.</exception>
    public static JsonBody Parse(string text) => new(Parse(Encoding.UTF8.GetBytes(text)).RootElement);

    private static JsonDocument Parse(byte[] body)
    {
        try
        {
            CheckText(body);
            return JsonDocument.Parse(body, WireJson.Reading);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw ApiErrors.Invalid(
                $"We could not parse the JSON body of your request: {error.Message}",
                code: "invalid_json"
            );
        }
    }

    /// <summary>
    /// Refuses bytes that are not UTF-8 and escapes that are half a character: the parser would accept both, and
    /// fail later when the text is read.
    /// </summary>
    private static void CheckText(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
        {
            throw new JsonException("The body is not valid UTF-8.");
        }
        if (bytes.IndexOf("\\ud"u8) < 0 && bytes.IndexOf("\\uD"u8) < 0)
        {
            return;
        }
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = WireJson.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                _ = reader.GetString();
            }
        }
    }

    private static bool IsBlank(ReadOnlySequence<byte> body)
    {
        foreach (var segment in body)
        {
            if (segment.Span.IndexOfAnyExcept(" \t\r\n"u8) >= 0)
            {
                return false;
            }
        }
        return true;
    }

    private static async ValueTask<ReadOnlySequence<byte>> ReadToEndAsync(
        PipeReader reader,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            if (result.IsCompleted)
            {
                return result.Buffer;
            }
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
