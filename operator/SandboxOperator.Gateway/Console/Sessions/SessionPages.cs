using Microsoft.AspNetCore.Http.HttpResults;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Console.Sessions;

/// <summary>The sessions that run, and what sandboxes are made from.</summary>
internal static class SessionPages
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    public static void MapSessionPages(this IEndpointRouteBuilder console)
    {
        console.MapGet("/sessions", ListAsync);
        console.MapPost("/sessions/{name}/end", EndAsync);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http,
        ISandboxes sandboxes,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var viewer = http.Viewer();
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        string? problem = null;
        IReadOnlyList<SessionRow> rows = [];
        IReadOnlyList<PoolInfo> pools = [];
        IReadOnlyList<SandboxCheck> checks = [];
        try
        {
            rows = await RowsAsync(sandboxes, viewer, either.Token);
            if (viewer.IsAdmin)
            {
                pools = await sandboxes.PoolsAsync(either.Token);
                checks = await sandboxes.CheckAsync(either.Token);
            }
        }
        catch (SandboxUnavailableException error)
        {
            problem = error.Message;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            problem = "The sandboxes' backend has not answered for five seconds.";
        }

        return new RazorComponentResult<SessionsPage>(
            new
            {
                Viewer = viewer,
                Rows = rows,
                Pools = pools,
                Checks = checks,
                Problem = problem,
            }
        );
    }

    private static async Task<IResult> EndAsync(
        string name,
        HttpContext http,
        ISandboxes sandboxes,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var viewer = http.Viewer();
            var sessions = await sandboxes.ListAsync(cancellationToken);
            var session =
                sessions.FirstOrDefault(info => info.Key.Name == name && IsSeen(info, viewer))
                ?? throw ApiErrors.NotFound("session", name);
            // Whoever ends it may go away; what was begun is finished.
            await sandboxes.EndAsync(session.Key, CancellationToken.None);
        }
        catch (SandboxUnavailableException error)
        {
            throw ApiErrors.SandboxesUnavailable(error.Message);
        }

        return Results.Redirect("/console/sessions");
    }

    private static async Task<IReadOnlyList<SessionRow>> RowsAsync(
        ISandboxes sandboxes,
        Viewer viewer,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await sandboxes.ListAsync(cancellationToken))
                .Where(info => IsSeen(info, viewer))
                .OrderByDescending(info => info.LastActivityAt)
                .ThenBy(info => info.Key.Name, StringComparer.Ordinal)
                .Select(SessionRow.Of),
        ];

    private static bool IsSeen(SessionInfo info, Viewer viewer) => viewer.IsAdmin || info.Key.Project == viewer.Project;
}
