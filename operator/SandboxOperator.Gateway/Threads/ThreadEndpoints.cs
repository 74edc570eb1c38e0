using SandboxOperator.Gateway.Assistants;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Sessions;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Threads;

internal static class ThreadEndpoints
{
    public static void MapThreads(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/threads", CreateAsync);
        routes.MapGet("/v1/threads/{id}", GetAsync);
        routes.MapPost("/v1/threads/{id}", UpdateAsync);
        routes.MapDelete("/v1/threads/{id}", DeleteAsync);
    }

    private static async Task<JsonAnswer> CreateAsync(
        JsonBody body,
        Caller caller,
        IStore store,
        GivenSessions sessions,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var draft = ThreadDraft.Read(body.Root);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var thread = await store.WriteAsync(
            (context, token) => ThreadRows.AddAsync(context, caller.Project, draft, now, token),
            cancellationToken
        );
        await sessions.HoldAsync(thread, cancellationToken);
        return Show(thread);
    }

    private static async Task<JsonAnswer> GetAsync(
        string id,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    ) =>
        Show(
            await store.ReadAsync(
                (context, token) => ThreadRows.FindAsync(context, caller.Project, id, token),
                cancellationToken
            )
        );

    private static Task<JsonAnswer> UpdateAsync(
        string id,
        JsonBody body,
        Caller caller,
        IStore store,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var metadata = Metadata.Read(body.Root);
        var fileIds = ToolResourcesParameter.Read(body.Root);
        body.Root.End();
        return store.WriteAsync(
            async (context, token) =>
            {
                var thread = await ThreadRows.FindAsync(context, caller.Project, id, token);
                await FileRows.RequireAsync(
                    context,
                    caller.Project,
                    fileIds ?? [],
                    ToolResourcesParameter.FileIdsPath,
                    time.GetUtcNow().ToUnixTimeMilliseconds(),
                    token
                );
                thread.Metadata = metadata ?? thread.Metadata;
                thread.ToolResources = fileIds is null ? thread.ToolResources : ToolResourcesParameter.Text(fileIds);
                await context.SaveChangesAsync(token);
                return Show(thread);
            },
            cancellationToken
        );
    }

    private static async Task<JsonAnswer> DeleteAsync(
        string id,
        Caller caller,
        IStore store,
        IEnumerable<IThreadDeleted> listeners
    )
    {
        // Whoever deletes may go away; what was begun is finished.
        var deleted = await store.WriteAsync(
            async (context, token) =>
            {
                var thread = await ThreadRows.FindAsync(context, caller.Project, id, token);
                var run = await ThreadRows.ActiveRunAsync(context, id, token);
                await ThreadRows.DeleteAsync(context, id, token);
                return new DeletedThread(thread.Project, id, thread.Session, run);
            },
            CancellationToken.None
        );
        foreach (var listener in listeners)
        {
            await listener.OnDeletedAsync(deleted, CancellationToken.None);
        }
        return JsonAnswer.Deleted(id, "thread.deleted");
    }

    private static JsonAnswer Show(ThreadEntity thread) => new JsonAnswer(writer => ThreadJson.Write(writer, thread));
}
