using System.Text.Json;

namespace SandboxOperator.Gateway.Http;

/// <summary>A JSON answer, written by one of the mappers.</summary>
internal sealed class JsonAnswer(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) : IResult
{
    public const string ContentType = "application/json";

    /// <summary>The answer to a deletion.</summary>
    public static JsonAnswer Deleted(string id, string @object) =>
        new(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id", id);
            writer.WriteString("object", @object);
            writer.WriteBoolean("deleted", true);
            writer.WriteEndObject();
        });

    /// <summary>The answer to a list.</summary>
    public static JsonAnswer List<T>(ListPage<T> page, Action<Utf8JsonWriter, T> writeItem)
        where T : Store.IListed =>
        new(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("object", "list");
            writer.WriteStartArray("data");
            foreach (var item in page.Items)
            {
                writeItem(writer, item);
            }
            writer.WriteEndArray();
            writer.WriteString("first_id", page.Items.Count == 0 ? null : page.Items[0].Id);
            writer.WriteString("last_id", page.Items.Count == 0 ? null : page.Items[^1].Id);
            writer.WriteBoolean("has_more", page.HasMore);
            writer.WriteEndObject();
        });

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var body = WireJson.Bytes(write);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
