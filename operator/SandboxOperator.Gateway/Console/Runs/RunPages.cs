using Microsoft.AspNetCore.Http.HttpResults;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Console.Live;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>The list of runs and the page of one.</summary>
internal static class RunPages
{
    public static void MapRunPages(this IEndpointRouteBuilder console)
    {
        console.MapGet("", ListAsync);
        console.MapGet("/runs/{id}", ShowAsync);
        console.MapGet(
            "/runs/{id}/live",
            (string id, HttpContext http, RunFollower follower) => follower.FollowAsync(http, id, new RunPagePieces())
        );
        console.MapGet("/runs/{id}/steps/{step}/output", OutputAsync);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http,
        RunLister lister,
        CancellationToken cancellationToken
    )
    {
        var viewer = http.Viewer();
        var filter = RunFilter.Read(http.Request.Query);
        var page = await lister.ListAsync(viewer, filter, cancellationToken);
        return new RazorComponentResult<RunsPage>(
            new
            {
                Viewer = viewer,
                Filter = filter,
                Page = page,
            }
        );
    }

    private static async Task<IResult> ShowAsync(
        string id,
        HttpContext http,
        RunReader reader,
        CancellationToken cancellationToken
    )
    {
        var viewer = http.Viewer();
        return new RazorComponentResult<RunPage>(
            new { Viewer = viewer, View = await reader.ReadAsync(viewer, id, cancellationToken) }
        );
    }

    private static async Task<IResult> OutputAsync(
        string id,
        string step,
        HttpContext http,
        RunReader reader,
        CancellationToken cancellationToken
    )
    {
        var text =
            await reader.OutputAsync(http.Viewer(), id, step, cancellationToken)
            ?? throw ApiErrors.NotFound("run step", step);
        http.Response.Headers.ContentSecurityPolicy = ConsoleHeaders.ContentPolicy;
        return Results.File(System.Text.Encoding.UTF8.GetBytes(text), "application/octet-stream", step + ".txt");
    }
}
