using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SandboxOperator.Gateway.Console.Access;

namespace SandboxOperator.Gateway.Console.Threads;

/// <summary>The list of threads and the page of one.</summary>
internal static class ThreadPages
{
    public static void MapThreadPages(this IEndpointRouteBuilder console)
    {
        console.MapGet("/threads", ListAsync);
        console.MapGet("/threads/{id}", ShowAsync);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http,
        ThreadReader reader,
        CancellationToken cancellationToken
    )
    {
        var viewer = http.Viewer();
        var place = http.Request.Query["before"].ToString();
        long? before = long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
        var (rows, next) = await reader.ListAsync(viewer, before, cancellationToken);
        return new RazorComponentResult<ThreadsPage>(
            new
            {
                Viewer = viewer,
                Rows = rows,
                Next = next,
                IsFirst = before is null,
            }
        );
    }

    private static async Task<IResult> ShowAsync(
        string id,
        HttpContext http,
        ThreadReader reader,
        CancellationToken cancellationToken
    )
    {
        var viewer = http.Viewer();
        var view = await reader.ReadAsync(viewer, id, cancellationToken);
        return new RazorComponentResult<ThreadPage>(new { Viewer = viewer, View = view });
    }
}
