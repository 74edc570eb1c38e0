using System.Globalization;

namespace SandboxOperator.Gateway.Http;

/// <summary>Writes an error as the whole answer.</summary>
internal static class ErrorBody
{
    public static ReadOnlyMemory<byte> Bytes(ApiException error) =>
        WireJson.Bytes(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteString("message", error.Message);
            writer.WriteString("type", error.Type);
            writer.WriteString("param", error.Param);
            writer.WriteString("code", error.Code);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });

    public static async Task WriteAsync(HttpContext context, ApiException error)
    {
        var body = Bytes(error);
        var response = context.Response;
        response.StatusCode = error.Status;
        response.ContentType = JsonAnswer.ContentType;
        response.ContentLength = body.Length;
        response.Headers.ContentDisposition = default;
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
        if (error.IsFinal)
        {
            response.Headers["x-should-retry"] = "false";
        }
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
