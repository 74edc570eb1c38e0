using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Threads;

namespace SandboxOperator.Gateway.Messages;

internal static class MessageEndpoints
{
    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/threads/{threadId}/messages", CreateAsync);
        routes.MapGet("/v1/threads/{threadId}/messages", ListAsync);
        routes.MapGet("/v1/threads/{threadId}/messages/{id}", GetAsync);
        routes.MapPost("/v1/threads/{threadId}/messages/{id}", UpdateAsync);
        routes.MapDelete("/v1/threads/{threadId}/messages/{id}", DeleteAsync);
    }

    private static Task<JsonAnswer> CreateAsync(
        string threadId,
        JsonBody body,
        Caller caller,
        IStore store,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var draft = MessageDraft.Read(body.Root);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return store.WriteAsync(
            async (context, token) =>
            {
                var thread = await ThreadRows.FindAsync(context, caller.Project, threadId, token);
                await RequireUnlockedAsync(context, "add messages to", threadId, token);
                var message = await MessageRows.AddAsync(context, thread, draft, now, token);
                await context.SaveChangesAsync(token);
                return Show(message);
            },
            cancellationToken
        );
    }

    private static async Task<JsonAnswer> ListAsync(
        string threadId,
        HttpRequest request,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    )
    {
        var list = ListQuery.Read(request);
        var run = ListQuery.Value(request.Query, "run_id");
        var page = await store.ReadAsync(
            async (context, token) =>
            {
                await ThreadRows.FindAsync(context, caller.Project, threadId, token);
                return await context
                    .Messages.Where(row => row.ThreadId == threadId && (run == null || row.RunId == run))
                    .PageAsync(list, token);
            },
            cancellationToken
        );
        return JsonAnswer.List(page, MessageJson.Write);
    }

    private static async Task<JsonAnswer> GetAsync(
        string threadId,
        string id,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    ) =>
        Show(
            await store.ReadAsync(
                (context, token) => FindAsync(context, caller, threadId, id, token),
                cancellationToken
            )
        );

    private static Task<JsonAnswer> UpdateAsync(
        string threadId,
        string id,
        JsonBody body,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    )
    {
        var metadata = Metadata.Read(body.Root);
        body.Root.End();
        return store.WriteAsync(
            async (context, token) =>
            {
                var message = await FindAsync(context, caller, threadId, id, token);
                message.Metadata = metadata ?? message.Metadata;
                await context.SaveChangesAsync(token);
                return Show(message);
            },
            cancellationToken
        );
    }

    private static Task<JsonAnswer> DeleteAsync(
        string threadId,
        string id,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync(
            async (context, token) =>
            {
                var message = await FindAsync(context, caller, threadId, id, token);
                await RequireUnlockedAsync(context, "delete messages from", threadId, token);
                context.Messages.Remove(message);
                await context.SaveChangesAsync(token);
                return JsonAnswer.Deleted(id, "thread.message.deleted");
            },
            cancellationToken
        );

    private static async Task<MessageEntity> FindAsync(
        StoreContext context,
        Caller caller,
        string threadId,
        string id,
        CancellationToken cancellationToken
    )
    {
        await ThreadRows.FindAsync(context, caller.Project, threadId, cancellationToken);
        return await MessageRows.FindAsync(context, threadId, id, cancellationToken);
    }

    private static async Task RequireUnlockedAsync(
        StoreContext context,
        string what,
        string threadId,
        CancellationToken cancellationToken
    )
    {
        if (await ThreadRows.ActiveRunAsync(context, threadId, cancellationToken) is { } run)
        {
            throw ApiErrors.Invalid($"Can't {what} {threadId} while a run {run} is active.");
        }
    }

    private static JsonAnswer Show(MessageEntity message) =>
        new JsonAnswer(writer => MessageJson.Write(writer, message));
}
