using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SandboxOperator.Testing.ScriptedUpstream;

/// <summary>Pictures and sound: the answers say what the request has said.</summary>
internal static class ScriptedMedia
{
    public static void MapMedia(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/images/generations", (Delegate)GenerateAsync);
        foreach (var path in new[] { "images/edits", "images/variations" })
        {
            routes.MapPost($"/v1/{path}", (Delegate)ChangeAsync);
        }
        routes.MapPost("/v1/audio/speech", (Delegate)SpeakAsync);
        foreach (var path in new[] { "audio/transcriptions", "audio/translations" })
        {
            routes.MapPost($"/v1/{path}", (Delegate)HearAsync);
        }
    }

    private static async Task<IResult> GenerateAsync(HttpContext context)
    {
        var body = await context.Request.ReadFromJsonAsync<Dictionary<string, object>>();
        return Picture($"{body!["model"]}: {body["prompt"]}");
    }

    private static async Task<IResult> ChangeAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        return Picture($"{form["model"]}: {form["prompt"]}, {Describe(form)}");
    }

    private static async Task<IResult> SpeakAsync(HttpContext context)
    {
        var body = await context.Request.ReadFromJsonAsync<Dictionary<string, object>>();
        return Results.Bytes(Encoding.UTF8.GetBytes($"{body!["model"]}: {body["input"]}"), "audio/mpeg");
    }

    private static async Task<IResult> HearAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        return Results.Json(new { text = $"{form["model"]}: {Describe(form)}" });
    }

    private static string Describe(IFormCollection form) =>
        string.Join(", ", form.Files.Select(file => $"{file.Name} {file.FileName} of {file.Length} bytes"));

    private static IResult Picture(string says) =>
        Results.Json(
            new
            {
                created = 1_700_000_000,
                data = new[] { new { b64_json = Convert.ToBase64String(Encoding.UTF8.GetBytes(says)) } },
            }
        );
}
