using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Store.Entities;
using FileOptions = SandboxOperator.Gateway.Options.FileOptions;

namespace SandboxOperator.Gateway.Uploads;

internal static class UploadEndpoints
{
    private const string Field = "data";
    private const long FormBytes = 64 * 1024;

    public static IServiceCollection AddUploads(this IServiceCollection services) =>
        services.AddSingleton<UploadService>();

    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/uploads", CreateAsync);
        routes.MapPost("/v1/uploads/{id}/parts", AddPartAsync);
        routes.MapPost("/v1/uploads/{id}/complete", CompleteAsync);
        routes.MapPost("/v1/uploads/{id}/cancel", CancelAsync);
    }

    private static async Task<JsonAnswer> CreateAsync(
        JsonBody body,
        Caller caller,
        UploadService uploads,
        IOptions<FileOptions> options,
        CancellationToken cancellationToken
    )
    {
        var draft = UploadDraft.Read(body.Root, options.Value.MaxUploadBytes);
        return Show(await uploads.CreateAsync(caller.Project, draft, cancellationToken));
    }

    private static async Task<JsonAnswer> AddPartAsync(
        string id,
        HttpContext context,
        Caller caller,
        UploadService uploads,
        IBlobStore blobs,
        IOptions<FileOptions> options
    )
    {
        var cancellationToken = context.RequestAborted;
        // Before the part is written: its bytes are wasted on an upload that takes none.
        await uploads.RequirePendingAsync(caller.Project, id, cancellationToken);
        var segment = await ReceivePartAsync(context, blobs, options.Value.MaxPartBytes);
        var part = await uploads.AddPartAsync(caller.Project, id, segment, cancellationToken);
        return new JsonAnswer(writer => UploadJson.Write(writer, part));
    }

    private static async Task<BlobSegment> ReceivePartAsync(HttpContext context, IBlobStore blobs, long maximum)
    {
        var form = MultipartForm.Open(context, maximum + FormBytes);
        BlobSegment? part = null;
        try
        {
            await form.ReadAsync(
                Field,
                async (_, content) =>
                {
                    part = part is null
                        ? await blobs.WriteAsync(content, maximum, context.RequestAborted)
                        : throw ApiErrors.InvalidValue(Field, $"Invalid '{Field}': expected one part.");
                },
                context.RequestAborted
            );
            form.RejectUnknown();
            return part switch
            {
                null => throw ApiErrors.Missing(Field),
                { Bytes: 0 } => throw ApiErrors.InvalidValue(Field, "The part is empty: it has no bytes."),
                _ => part,
            };
        }
        catch (Exception error)
        {
            if (part is not null)
            {
                blobs.Delete(part.Blob);
            }
            if (error is BlobTooLargeException tooLarge)
            {
                throw ApiErrors.TooLarge($"The part is larger than {tooLarge.Maximum} bytes.", Field);
            }
            throw;
        }
    }

    private static async Task<JsonAnswer> CompleteAsync(
        string id,
        JsonBody body,
        Caller caller,
        UploadService uploads,
        CancellationToken cancellationToken
    )
    {
        var ids = body.Root.Strings("part_ids", minimum: 1) ?? throw ApiErrors.Missing("part_ids");
        var md5 = body.Root.String("md5");
        body.Root.End();
        var (upload, file) = await uploads.CompleteAsync(caller.Project, id, ids, md5, cancellationToken);
        return new JsonAnswer(writer => UploadJson.Write(writer, upload, file));
    }

    private static async Task<JsonAnswer> CancelAsync(
        string id,
        JsonBody body,
        Caller caller,
        UploadService uploads,
        CancellationToken cancellationToken
    )
    {
        body.Root.End();
        return Show(await uploads.CancelAsync(caller.Project, id, cancellationToken));
    }

    private static JsonAnswer Show(UploadEntity upload) => new(writer => UploadJson.Write(writer, upload, file: null));
}
