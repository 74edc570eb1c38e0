namespace SandboxOperator.Gateway.Http;

/// <summary>Finds out who asks, before anything else about the request is looked at.</summary>
internal sealed class AuthenticationMiddleware(RequestDelegate next, ApiKeys keys)
{
    private const string Bearer = "Bearer ";

    public Task InvokeAsync(HttpContext context)
    {
        // In any case of letters, as routes match.
        if (context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))
        {
            context.Features.Set(Authenticate(context.Request));
        }
        return next(context);
    }

    private Caller Authenticate(HttpRequest request)
    {
        if (!keys.Required)
        {
            return new Caller(Caller.DefaultProject, IsAdmin: true);
        }
        var header = request.Headers.Authorization.ToString();
        var key = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : "";
        if (key.Length == 0)
        {
            throw Refused(
                "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
                code: null
            );
        }
        return keys.Find(key) ?? throw Refused($"Incorrect API key provided: {Mask(key)}.", "invalid_api_key");
    }

    /// <summary>Enough of a wrong key to recognize it, not enough to use it.</summary>
    private static string Mask(string key) => key.Length < 16 ? "***" : $"{key[..3]}***{key[^4..]}";

    private static ApiException Refused(string message, string? code) =>
        new(StatusCodes.Status401Unauthorized, message, code: code);
}
