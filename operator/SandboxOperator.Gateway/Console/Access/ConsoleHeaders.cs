namespace SandboxOperator.Gateway.Console.Access;

/// <summary>What browsers are told about every answer of the console: nothing in it may run or load anything but ours.</summary>
internal static class ConsoleHeaders
{
    /// <summary>The policy of our pages.</summary>
    public const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>The policy of what callers and models made: it is shown as a picture or not at all.</summary>
    public const string ContentPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'";

    public static void Write(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = PagePolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
        headers.CacheControl = "no-store";
    }
}
