using SandboxOperator.Gateway.Http;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Sessions.Listing;

/// <summary>The sessions that run, for who operates them. A project key sees its own, an admin key all.</summary>
internal static class SandboxSessionEndpoints
{
    public static IServiceCollection AddSandboxSessions(this IServiceCollection services) =>
        services.AddSingleton<GivenSessions>();

    public static void MapSandboxSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/sandbox/sessions", ListAsync);
        routes.MapGet("/v1/sandbox/sessions/{id}", GetAsync);
        routes.MapDelete("/v1/sandbox/sessions/{id}", DeleteAsync);
    }

    private static async Task<JsonAnswer> ListAsync(
        HttpRequest request,
        Caller caller,
        ISandboxes sandboxes,
        CancellationToken cancellationToken
    )
    {
        var list = ListQuery.Read(request);
        var sessions = await OfAsync(sandboxes, caller, cancellationToken);
        return JsonAnswer.List(Paging.Page(sessions, list), SandboxSessionJson.Write);
    }

    private static async Task<JsonAnswer> GetAsync(
        string id,
        Caller caller,
        ISandboxes sandboxes,
        CancellationToken cancellationToken
    )
    {
        var session = await FindAsync(sandboxes, caller, id, cancellationToken);
        return new JsonAnswer(writer => SandboxSessionJson.Write(writer, session));
    }

    private static async Task<JsonAnswer> DeleteAsync(
        string id,
        Caller caller,
        ISandboxes sandboxes,
        CancellationToken cancellationToken
    )
    {
        var session = await FindAsync(sandboxes, caller, id, cancellationToken);
        try
        {
            // Whoever deletes may go away; what was begun is finished.
            await sandboxes.EndAsync(session.Info.Key, CancellationToken.None);
        }
        catch (SandboxUnavailableException exception)
        {
            throw ApiErrors.SandboxesUnavailable(exception.Message);
        }
        return JsonAnswer.Deleted(id, SandboxSessionJson.Object + ".deleted");
    }

    private static async Task<ListedSession> FindAsync(
        ISandboxes sandboxes,
        Caller caller,
        string id,
        CancellationToken cancellationToken
    ) =>
        (await OfAsync(sandboxes, caller, cancellationToken)).FirstOrDefault(session => session.Id == id)
        ?? throw ApiErrors.NotFound("sandbox session", id);

    /// <summary>Oldest first; of the same age by name, so that pages do not overlap.</summary>
    private static async Task<IReadOnlyList<ListedSession>> OfAsync(
        ISandboxes sandboxes,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var sessions = await sandboxes.ListAsync(cancellationToken);
            return
            [
                .. sessions
                    .Where(session => caller.IsAdmin || session.Key.Project == caller.Project)
                    .OrderBy(session => session.StartedAt)
                    .ThenBy(session => session.Key.Name, StringComparer.Ordinal)
                    .Select((session, index) => new ListedSession(session, index)),
            ];
        }
        catch (SandboxUnavailableException exception)
        {
            throw ApiErrors.SandboxesUnavailable(exception.Message);
        }
    }
}
