using Microsoft.EntityFrameworkCore;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Assistants;

internal static class AssistantEndpoints
{
    public static void MapAssistants(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/assistants", CreateAsync);
        routes.MapGet("/v1/assistants", ListAsync);
        routes.MapGet("/v1/assistants/{id}", GetAsync);
        routes.MapPost("/v1/assistants/{id}", UpdateAsync);
        routes.MapDelete("/v1/assistants/{id}", DeleteAsync);
    }

    private static async Task<JsonAnswer> CreateAsync(
        JsonBody body,
        Caller caller,
        IStore store,
        IModelCatalog catalog,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        return Show(await AddAsync(body.Root, caller, store, catalog, time, cancellationToken));
    }

    /// <summary>Makes an assistant of a request.</summary>
    internal static async Task<AssistantEntity> AddAsync(
        JsonObjectReader request,
        Caller caller,
        IStore store,
        IModelCatalog catalog,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var change = AssistantChange.Read(request, catalog);
        var assistant = new AssistantEntity
        {
            Id = Ids.Assistant(),
            Project = caller.Project,
            CreatedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Model = change.Model ?? throw ApiErrors.Missing("model"),
        };
        change.Apply(assistant);
        return await store.WriteAsync(
            async (context, token) =>
            {
                await CheckFilesAsync(context, caller, change, time, token);
                context.Assistants.Add(assistant);
                await context.SaveChangesAsync(token);
                return assistant;
            },
            cancellationToken
        );
    }

    private static async Task<JsonAnswer> ListAsync(
        HttpRequest request,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    )
    {
        var list = ListQuery.Read(request);
        var page = await store.ReadAsync(
            (context, token) => Of(context, caller).PageAsync(list, token),
            cancellationToken
        );
        return JsonAnswer.List(page, AssistantJson.Write);
    }

    private static async Task<JsonAnswer> GetAsync(
        string id,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    ) => Show(await store.ReadAsync((context, token) => FindAsync(context, caller, id, token), cancellationToken));

    private static Task<JsonAnswer> UpdateAsync(
        string id,
        JsonBody body,
        Caller caller,
        IStore store,
        IModelCatalog catalog,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var change = AssistantChange.Read(body.Root, catalog);
        return store.WriteAsync(
            async (context, token) =>
            {
                var assistant = await FindAsync(context, caller, id, token);
                await CheckFilesAsync(context, caller, change, time, token);
                change.Apply(assistant);
                await context.SaveChangesAsync(token);
                return Show(assistant);
            },
            cancellationToken
        );
    }

    private static Task<JsonAnswer> DeleteAsync(
        string id,
        Caller caller,
        IStore store,
        CancellationToken cancellationToken
    ) =>
        store.WriteAsync(
            async (context, token) =>
            {
                context.Assistants.Remove(await FindAsync(context, caller, id, token));
                await context.SaveChangesAsync(token);
                return JsonAnswer.Deleted(id, "assistant.deleted");
            },
            cancellationToken
        );

    private static IQueryable<AssistantEntity> Of(StoreContext context, Caller caller) =>
        context.Assistants.Where(row => row.Project == caller.Project);

    private static async Task<AssistantEntity> FindAsync(
        StoreContext context,
        Caller caller,
        string id,
        CancellationToken cancellationToken
    ) =>
        await Of(context, caller).FirstOrDefaultAsync(row => row.Id == id, cancellationToken)
        ?? throw ApiErrors.NotFound("assistant", id);

    private static Task CheckFilesAsync(
        StoreContext context,
        Caller caller,
        AssistantChange change,
        TimeProvider time,
        CancellationToken cancellationToken
    ) =>
        FileRows.RequireAsync(
            context,
            caller.Project,
            change.FileIds ?? [],
            ToolResourcesParameter.FileIdsPath,
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            cancellationToken
        );

    private static JsonAnswer Show(AssistantEntity assistant) =>
        new JsonAnswer(writer => AssistantJson.Write(writer, assistant));
}
