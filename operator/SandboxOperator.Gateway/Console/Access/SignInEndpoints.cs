using Microsoft.AspNetCore.Http.HttpResults;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Console.Access;

/// <summary>Signing in with an API key, and out again.</summary>
internal static class SignInEndpoints
{
    private const int MaxKeyChars = 1024;
    private const long MaxFormBytes = 16 * 1024;

    public static void MapSignIn(this IEndpointRouteBuilder console)
    {
        console.MapGet("/sign-in", Show).WithMetadata(new ConsoleGate.Open());
        console
            .MapPost("/sign-in", SignInAsync)
            .WithMetadata(new ConsoleGate.Open(), new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxFormBytes));
        console
            .MapPost("/sign-out", SignOut)
            .WithMetadata(new ConsoleGate.Open(), new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxFormBytes));
    }

    private static IResult Show(HttpContext http, ApiKeys keys) =>
        keys.Required ? Page(http, null) : Results.Redirect(Way(http.Request.Query["back"]));

    private static async Task<IResult> SignInAsync(
        HttpContext http,
        ApiKeys keys,
        ConsoleCookie cookie,
        SignInLimiter limiter
    )
    {
        // Nothing is waited for between this question and the answer to it: many requests at once get no further.
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var address = http.Connection.RemoteIpAddress;
        if (!limiter.MayTry(address))
        {
            http.Response.Headers.RetryAfter = "60";
            return Page(
                http,
                "There were too many wrong keys. Wait a minute, then try again.",
                StatusCodes.Status429TooManyRequests
            );
        }

        var key = form["key"].ToString().Trim();
        if (key.Length is 0 or > MaxKeyChars || keys.Find(key) is null)
        {
            limiter.Failed(address);
            return Page(http, "This key is not known here. Check it and try again.", StatusCodes.Status401Unauthorized);
        }

        cookie.Write(http, key);
        return Results.Redirect(Way(form["back"]));
    }

    private static IResult SignOut(HttpContext http)
    {
        ConsoleCookie.Delete(http);
        return Results.Redirect("/console/sign-in");
    }

    /// <summary>Only to pages of the console, whatever the link said.</summary>
    private static string Way(string? back) =>
        back is not null
        && (back == "/console" || back.StartsWith("/console/", StringComparison.Ordinal))
        && !back.Contains('\\', StringComparison.Ordinal)
        && !back.Any(char.IsControl)
            ? back
            : "/console";

    private static RazorComponentResult<SignInPage> Page(HttpContext http, string? error, int status = 200) =>
        new(
            new
            {
                Viewer = http.Features.Get<Viewer>(),
                Back = Way(http.Request.HasFormContentType ? http.Request.Form["back"] : http.Request.Query["back"]),
                Error = error,
            }
        )
        {
            StatusCode = status,
        };
}
