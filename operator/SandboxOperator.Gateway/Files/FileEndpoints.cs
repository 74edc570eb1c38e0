using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Files;

internal static class FileEndpoints
{
    private const int MaxLimit = 10_000;

    public static IServiceCollection AddFiles(this IServiceCollection services) =>
        services.AddSingleton<FileService>().AddSingleton<FileUpload>().AddHostedService<FileExpiryLoop>();

    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/files", CreateAsync);
        routes.MapGet("/v1/files", ListAsync);
        routes.MapGet("/v1/files/{id}", GetAsync);
        routes.MapDelete("/v1/files/{id}", DeleteAsync);
        routes.MapMethods("/v1/files/{id}/content", [HttpMethods.Get, HttpMethods.Head], ContentAsync);
    }

    private static async Task<JsonAnswer> CreateAsync(HttpContext context, Caller caller, FileUpload upload) =>
        Show(await upload.ReceiveAsync(context, caller.Project));

    private static async Task<JsonAnswer> ListAsync(
        HttpRequest request,
        Caller caller,
        IStore store,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var list = ListQuery.Read(request, MaxLimit, MaxLimit);
        var purpose = ListQuery.Value(request.Query, "purpose");
        if (purpose is not null && !FilePurposes.All.Contains(purpose, StringComparer.Ordinal))
        {
            throw ApiErrors.NotOneOf("purpose", purpose, FilePurposes.All);
        }
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var page = await store.ReadAsync(
            (context, token) =>
                FileRows
                    .Of(context, caller.Project, now)
                    .Where(row => purpose == null || row.Purpose == purpose)
                    .PageAsync(list, token),
            cancellationToken
        );
        return JsonAnswer.List(page, FileJson.Write);
    }

    private static async Task<JsonAnswer> GetAsync(
        string id,
        Caller caller,
        FileService files,
        CancellationToken cancellationToken
    ) => Show(await FindAsync(id, caller, files, cancellationToken));

    private static async Task<FileContent> ContentAsync(
        string id,
        Caller caller,
        FileService files,
        IBlobStore blobs,
        CancellationToken cancellationToken
    ) => new(await FindAsync(id, caller, files, cancellationToken), blobs);

    private static async Task<JsonAnswer> DeleteAsync(
        string id,
        Caller caller,
        FileService files,
        CancellationToken cancellationToken
    ) =>
        await files.DeleteAsync(caller.Project, id, cancellationToken)
            ? JsonAnswer.Deleted(id, "file")
            : throw ApiErrors.FileNotFound(id);

    private static async Task<FileEntity> FindAsync(
        string id,
        Caller caller,
        FileService files,
        CancellationToken cancellationToken
    ) => await files.FindAsync(caller.Project, id, cancellationToken) ?? throw ApiErrors.FileNotFound(id);

    private static JsonAnswer Show(FileEntity file) => new(writer => FileJson.Write(writer, file));
}
